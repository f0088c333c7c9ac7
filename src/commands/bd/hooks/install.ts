import { defineCommand } from "../../../cli/command.ts";

/** `bd hooks install`. */
export const command = defineCommand({
  name: "bd hooks install",
  summary: "Let git share beads: sync after a merge or checkout, and before a push",
  description:
    "The hooks run `bd sync` in the background: git is never held up, and never fails because of it. A hook that is there already is not touched; with " +
    "--chain it is kept and called first, and its answer counts.",
  flags: { chain: { type: "boolean", summary: "Keep hooks that are there, and call them first" } },
  examples: [
    { line: "bd hooks install", summary: "post-checkout, post-merge and pre-push" },
    { line: "bd hooks install --chain", summary: "Beside hooks that are there" },
  ],
  async run({ flags, ports, out }) {
    const { HOOK_PHRASES, hooksFolder, installHooks } = await import("../../bd_support/git_hooks.ts");
    const folder = await hooksFolder(ports);
    const states = installHooks(ports, { folder, chain: flags.chain === true });
    const { style } = out;
    for (const { name, state } of states) {
      const sign = state === "installed" || state === "chained" ? style.green("✓") : style.dim("·");
      out.line(`${sign} ${name.padEnd(13)} ${style.dim(HOOK_PHRASES[state])}`);
    }
    out.result(states);
  },
});
