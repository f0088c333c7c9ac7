import { defineCommand } from "../../../cli/command.ts";

/** `bd hooks list`. */
export const command = defineCommand({
  name: "bd hooks list",
  summary: "Show which hooks of git bd has installed",
  examples: [
    { line: "bd hooks list", summary: "Each hook, and whose it is" },
    { line: "bd hooks list --json", summary: "For a script" },
  ],
  async run({ ports, out }) {
    const { HOOK_PHRASES, hooksFolder, hookStates } = await import("../../bd_support/git_hooks.ts");
    const folder = await hooksFolder(ports);
    const states = hookStates(ports, folder);
    const { style } = out;
    for (const { name, state } of states) {
      const sign = state === "installed" || state === "chained" ? style.green("✓") : style.dim("·");
      out.line(`${sign} ${name.padEnd(13)} ${style.dim(HOOK_PHRASES[state])}`);
    }
    out.result(states);
  },
});
