import { defineCommand } from "../../../cli/command.ts";

/** `bd hooks uninstall`. */
export const command = defineCommand({
  name: "bd hooks uninstall",
  summary: "Take the hooks of bd away",
  description: "Hooks that were there before are put back; those of other programs are left alone.",
  examples: [
    { line: "bd hooks uninstall", summary: "As it was before" },
    { line: "bd hooks list", summary: "What is there now" },
  ],
  async run({ ports, out }) {
    const { HOOK_PHRASES, hooksFolder, uninstallHooks } = await import("../../bd_support/git_hooks.ts");
    const folder = await hooksFolder(ports);
    const states = uninstallHooks(ports, folder);
    const { style } = out;
    for (const { name, state } of states) {
      const sign = state === "installed" || state === "chained" ? style.green("✓") : style.dim("·");
      out.line(`${sign} ${name.padEnd(13)} ${style.dim(HOOK_PHRASES[state])}`);
    }
    out.result(states);
  },
});
