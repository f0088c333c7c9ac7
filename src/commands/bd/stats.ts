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
    const [{ withLedger }, { ledgerTotals }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/list.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const summary = ledgerTotals(view, { now: context.ports.clock.now() });
      const rows = Object.entries(summary).map(([name, value]) =>
        [name.replace(/_issues$/, "").replaceAll("_", " "), String(Math.round(value * 10) / 10)] as const
      );
      const width = Math.max(0, ...rows.map(([, value]) => value.length));
      for (const [name, value] of rows) out.line(`${out.style.bold(value.padStart(width))}  ${name}`);
      out.result({ summary });
    });
  },
});
