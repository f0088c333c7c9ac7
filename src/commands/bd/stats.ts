import { defineCommand } from "../../cli/command.ts";

/** `bd stats`. */
export const command = defineCommand({
  name: "bd stats",
  summary: "Show how the ledger stands, in numbers",
  aliases: ["status"],
  examples: [
    { line: "bd stats", summary: "At a glance" },
    { line: "bd stats --json", summary: "Under `summary`, for a script" },
  ],
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { ledgerTotals }, { totalLines }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/list.ts"),
      import("../bd_support/totals.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const summary = ledgerTotals(view, { now: context.ports.clock.now() });
      for (const line of totalLines(out.style, summary)) out.line(line);
      out.result({ summary });
    });
  },
});
