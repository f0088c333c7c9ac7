import { defineCommand } from "../../../cli/command.ts";

/** `bd dep add`. */
export const command = defineCommand({
  name: "bd dep add",
  summary: "Make a bead depend on others",
  description:
    "The first bead waits for the others. Types that hold back are blocks, parent-child, conditional-blocks and waits-for; " +
    "related, discovered-from, duplicates, tracks and any other name only tell.",
  positionals: [
    { name: "bead", summary: "The one that waits", required: true, completes: "bead" },
    { name: "on", summary: "What it waits for", required: true, variadic: true, completes: "bead" },
  ],
  flags: { type: { type: "string", short: "t", summary: "The kind of edge", default: "blocks" } },
  examples: [
    { line: "bd dep add cs-login cs-form", summary: "The login waits for the form" },
    { line: "bd dep add cs-4f cs-login -t discovered-from", summary: "Where it was found" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { addEdges }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/relating.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const type = flags.type as string;
    await withLedger(context, (ledger) => {
      const added = ledger.write(
        context.actor,
        (transaction) =>
          addEdges(transaction, { bead: args.bead as string, on: args.on as readonly string[], type }),
      );
      const { style } = out;
      for (const { issue_id, depends_on_id } of added) {
        const verb = type === "blocks" ? "waits for" : `→ (${printable(type)})`;
        out.line(
          `${style.green("✓")} ${style.cyan(printable(issue_id))} ${verb} ${
            style.cyan(printable(depends_on_id))
          }`,
        );
      }
      out.result(added.length === 1 ? added[0] : added);
    });
  },
});
