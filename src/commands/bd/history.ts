import { defineCommand } from "../../cli/command.ts";

/** `bd history`. */
export const command = defineCommand({
  name: "bd history",
  summary: "Show everything that happened to a bead",
  positionals: [{ name: "bead", summary: "An id", required: true, completes: "bead" }],
  flags: {
    limit: {
      type: "number",
      short: "n",
      summary: "Only the last so many; 0 for all",
      default: 0,
      placeholder: "N",
    },
  },
  examples: [
    { line: "bd history cs-login", summary: "Who did what, the oldest first" },
    { line: "bd history cs-login --json", summary: "The operations as they stand in the log" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { resolveBead }, { operationLine }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ids.ts"),
      import("../bd_support/operations.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const name = args.bead as string;
      const { key } = view.beadById(name) ?? resolveBead(view, name);
      const operations = view.history(key).slice(-(flags.limit as number));
      for (const operation of operations) out.line(operationLine(out.style, { view, operation }));
      out.result(operations);
    });
  },
});
