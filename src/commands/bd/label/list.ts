import { defineCommand } from "../../../cli/command.ts";

/** `bd label list`. */
export const command = defineCommand({
  name: "bd label list",
  summary: "List the labels of a bead",
  positionals: [{ name: "bead", summary: "An id", required: true, completes: "bead" }],
  examples: [
    { line: "bd label list cs-login", summary: "One a line" },
    { line: "bd label list cs-login --json", summary: "As an array" },
  ],
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { resolveBead }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/ids.ts"),
      import("../../../lib/printable.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const bead = resolveBead(view, args.bead as string);
      for (const label of bead.labels) out.answer(printable(label));
      if (bead.labels.length === 0) out.line(out.style.dim(`${printable(bead.id)} has no labels`));
      out.result(bead.labels);
    });
  },
});
