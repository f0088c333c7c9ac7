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
    const [{ withLedger }, { staleBeads }, { oneMore, printFound }, { agePhrase }, { parseInstant }] =
      await Promise
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
      printFound(context, {
        view,
        beads: staleBeads(view, { now, days: flags.days as number, limit: oneMore(limit) }),
        limit,
        none: "Nothing is stale",
        noteOf: (bead) => `touched ${agePhrase(parseInstant(bead.updated_at) ?? now, now)}`,
      });
    });
  },
});
