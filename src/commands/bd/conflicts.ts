import { defineCommand } from "../../cli/command.ts";

/** `bd conflicts`. */
export const command = defineCommand({
  name: "bd conflicts",
  summary: "Show changes of the same thing made in two places at once",
  description:
    "Both values are in the log; the one that stands is what everyone sees. Look at each and choose with `bd resolve`.",
  positionals: [{ name: "bead", summary: "Only of this one", completes: "bead" }],
  examples: [
    { line: "bd conflicts", summary: "All that nobody has looked at" },
    { line: "bd conflicts cs-login --json", summary: "Of one bead, for a script" },
  ],
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { resolveBead }, { short }, { printable }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ids.ts"),
      import("../bd_support/operations.ts"),
      import("../../lib/printable.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const name = args.bead as string | undefined;
      const key = name === undefined ? undefined : resolveBead(view, name).key;
      if (out.json) return view.atOnce(() => out.results(view.eachConflict(key)));
      let none = true;
      const { style } = out;
      for (const { id, register, kept, lost, lost_by } of view.eachConflict(key)) {
        none = false;
        out.line(`${style.cyan(printable(id))}  ${style.bold(printable(register))}`);
        out.line(`  stands  ${short(kept)}`);
        out.line(`  lost    ${short(lost)}  ${style.dim(`by @${printable(lost_by)}`)}`);
        const choice = `bd resolve ${printable(id)} ${printable(register)}`;
        out.line(style.dim(`  ${choice} --keep   or   ${choice} --take`));
      }
      if (none) out.line(`${style.green("✓")} No conflicts`);
    });
  },
});
