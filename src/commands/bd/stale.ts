import { defineCommand } from "../../cli/command.ts";

/** `bd stale`. */
export const command = defineCommand({
  name: "bd stale",
  summary: "List open beads that nobody has touched for long, the oldest first",
  flags: {
    days: {
      type: "number",
      short: "d",
      summary: "Not touched for this many days",
      default: 30,
      placeholder: "N",
    },
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many; 0 for all",
      default: 50,
      placeholder: "N",
    },
  },
  examples: [
    { line: "bd stale", summary: "Untouched for a month" },
    { line: "bd stale --days 7", summary: "Untouched for a week" },
  ],
  async run(context) {
    const { flags } = context;
    const [{ withLedger }, { staleBeads }, { printFound }, { agePhrase }, { parseInstant }] = await Promise
      .all([
        import("../bd_support/ledger.ts"),
        import("../../beads/list.ts"),
        import("../bd_support/found.ts"),
        import("../bd_support/when.ts"),
        import("../../ports/time.ts"),
      ]);
    await withLedger(context, ({ view }) => {
      const now = context.ports.clock.now();
      const limit = flags.limit as number;
      const found = staleBeads(view, { now, days: flags.days as number, limit: limit === 0 ? 0 : limit + 1 });
      const beads = limit === 0 ? found : found.slice(0, limit);
      printFound(context, {
        view,
        beads,
        more: found.length > beads.length,
        none: "Nothing is stale",
        noteOf: (bead) => `touched ${agePhrase(parseInstant(bead.updated_at) ?? now, now)}`,
      });
    });
  },
});
