import { defineCommand } from "../../cli/command.ts";

/** `bd reopen`. */
export const command = defineCommand({
  name: "bd reopen",
  summary: "Open closed beads again",
  positionals: [{ name: "bead", summary: "Ids", required: true, variadic: true, completes: "bead" }],
  flags: { reason: { type: "string", short: "r", summary: "Why; kept as a comment", placeholder: "WHY" } },
  exits: { 1: "one is not closed, or is a gate at which nobody waits any more; none is opened" },
  examples: [
    { line: "bd reopen cs-login", summary: "There is more to do" },
    { line: "bd reopen cs-login -r 'it broke again'", summary: "And why" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { reopenOne }, { resolveBead }, { issueShape }, { doneLine }] = await Promise.all(
      [
        import("../bd_support/ledger.ts"),
        import("../bd_support/step_closing.ts"),
        import("../../beads/ids.ts"),
        import("../../beads/export_shape.ts"),
        import("../bd_support/marks.ts"),
      ],
    );
    const reason = flags.reason as string | undefined;
    await withLedger(context, (ledger) => {
      const opened = ledger.write(context.actor, (transaction) =>
        (args.bead as readonly string[])
          .map((text) => resolveBead(transaction, text).key)
          .map((key) => reopenOne(transaction, { key, ...(reason === undefined ? {} : { reason }) })));
      for (const bead of opened) out.line(doneLine(out.style, { verb: "Reopened", bead }));
      out.result(opened.map((bead) => issueShape(ledger.view, bead)));
    });
  },
});
