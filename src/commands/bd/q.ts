import { defineCommand } from "../../cli/command.ts";

/** `bd q`. */
export const command = defineCommand({
  name: "bd q",
  summary: "Make a bead and print only its id",
  positionals: [{
    name: "title",
    summary: "What is to be done; several words need no quotes",
    required: true,
    variadic: true,
  }],
  flags: {
    type: {
      type: "string",
      short: "t",
      summary: "task, bug, feature, epic, chore or decision",
      default: "task",
    },
    priority: {
      type: "string",
      short: "p",
      summary: "0 (critical) to 4, or P0 to P4",
      default: "2",
      placeholder: "P",
    },
    labels: { type: "list", short: "l", summary: "Labels", placeholder: "LABEL" },
  },
  examples: [
    { line: "bd q Tidy up the login page", summary: "A thought, kept" },
    { line: "bd q -t bug -p 1 Crash on empty input", summary: "A bug" },
  ],
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { createFromFlags }, { issueShape }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/create_from_flags.ts"),
      import("../../beads/export_shape.ts"),
    ]);
    await withLedger(context, (ledger) => {
      const title = (args.title as readonly string[]).join(" ");
      const { bead, shape } = createFromFlags(context, { ledger, title, shapeOf: issueShape });
      out.answer(bead.id);
      out.result(shape);
    });
  },
});
