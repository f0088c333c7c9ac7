import { defineCommand } from "../../../cli/command.ts";

/** `bd gate resolve`. */
export const command = defineCommand({
  name: "bd gate resolve",
  summary: "Open a gate by your own word",
  description:
    "What waits at it goes on. At the gate of a workflow this approves it; to reject: `gt gate reject`.",
  positionals: [{ name: "gate", summary: "Its id", required: true, completes: "gate" }],
  flags: { reason: { type: "string", short: "r", summary: "Why", placeholder: "WHY", aliases: ["message"] } },
  examples: [
    { line: "bd gate resolve cs-4f.1", summary: "Go on" },
    { line: "bd gate resolve cs-4f.1 -r 'the release is out'", summary: "And say why" },
  ],
  exits: { 1: "it is no gate, is over for another reason, or you are not among those who may decide it" },
  async run(context) {
    const [{ withLedger }, { openGate }, { issueShape }, { doneLine }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/gates.ts"),
      import("../../../beads/export_shape.ts"),
      import("../../bd_support/marks.ts"),
    ]);
    const { args, flags, out, actor } = context;
    await withLedger(context, (ledger) => {
      const { bead: gate, fresh } = ledger.write(actor, (transaction) =>
        openGate(transaction, {
          name: args.gate as string,
          reason: (flags.reason as string | undefined)?.trim() || undefined,
          context,
        }));
      out.line(doneLine(out.style, { verb: fresh ? "Opened" : "Already open", bead: gate }));
      out.result(issueShape(ledger.view, gate));
    });
  },
});
