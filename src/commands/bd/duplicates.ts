import { defineCommand } from "../../cli/command.ts";

/** `bd duplicates`. */
export const command = defineCommand({
  name: "bd duplicates",
  summary: "Find open beads that may be duplicates",
  description:
    "Beads of one type whose titles differ at most in case, blanks and punctuation. The first of each group is the one to keep: most others " +
    "depend on it, or it is the oldest. Nothing is changed, except with --merge.",
  flags: {
    merge: {
      type: "boolean",
      summary: "Close all but the first of each group, as `bd duplicate` does",
      aliases: ["auto-merge"],
    },
    "dry-run": { type: "boolean", summary: "Only show, which is what happens without --merge" },
  },
  examples: [
    { line: "bd duplicates", summary: "Which might be" },
    { line: "bd duplicates --json", summary: "With a suggestion for each group" },
  ],
  async run(context) {
    const { flags, out } = context;
    const [
      { withLedger },
      { duplicateGroups, replaceBead },
      { beadPhrase },
      { groupShape },
      { refuseAtWork },
    ] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/duplicates.ts"),
      import("../bd_support/marks.ts"),
      import("../bd_support/duplicate_shape.ts"),
      import("../bd_support/guard.ts"),
    ]);
    await withLedger(context, (ledger) => {
      const merge = flags.merge === true && flags["dry-run"] !== true;
      const groups = duplicateGroups(ledger.view);
      const shapes = out.json ? groups.map((group) => groupShape(ledger.view, group)) : [];
      if (merge) {
        ledger.write(context.actor, (transaction) => {
          for (const { beads: [by, ...rest] } of groups) {
            for (const bead of rest) {
              refuseAtWork("duplicate", bead);
              replaceBead(transaction, { bead, by: by!, type: "duplicates" });
            }
          }
        });
      }
      const { style } = out;
      if (groups.length === 0) out.line(`${style.green("✓")} No duplicates`);
      for (const { beads: [keep, ...rest] } of groups) {
        out.line(beadPhrase(style, keep!));
        for (const bead of rest) {
          out.line(`  ${beadPhrase(style, bead)}${merge ? style.dim("  closed") : ""}`);
          if (!merge) out.line(style.dim(`    bd duplicate ${bead.id} --of ${keep!.id}`));
        }
      }
      out.result({ duplicate_groups: groups.length, merged: merge, groups: shapes });
    });
  },
});
