import { defineCommand } from "../../cli/command.ts";

/** `bd diff`. */
export const command = defineCommand({
  name: "bd diff",
  summary: "Show what became of beads since a moment",
  description:
    "A moment is a time, how long ago (2h, 7d, yesterday), a revision of git (HEAD~3, a tag), or an operation as `bd history --json` names it. " +
    "Changes count by the time at which they were made, wherever that was. Without --since: what this clone has changed that no remote has yet, or that is in no commit where there is no remote.",
  positionals: [{
    name: "bead",
    summary: "Only of these",
    variadic: true,
    completes: "bead",
  }],
  flags: {
    since: { type: "string", summary: "Since when", placeholder: "MOMENT" },
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many beads; 0 for all",
      default: 0,
      placeholder: "N",
    },
    stat: { type: "boolean", summary: "One line a bead" },
  },
  examples: [
    { line: "bd diff", summary: "What the next `bd sync` gives to others" },
    { line: "bd diff --since yesterday", summary: "What happened since midnight of yesterday" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { differencesFor }, { differenceLines, differenceShape }, { mapped }] =
      await Promise.all([
        import("../bd_support/ledger.ts"),
        import("../bd_support/differing.ts"),
        import("../bd_support/difference_lines.ts"),
        import("../../lib/mapped.ts"),
      ]);
    await withLedger(context, async (ledger) => {
      const { counts, each } = await differencesFor(context, {
        ledger,
        since: flags.since as string | undefined,
        names: args.bead as readonly string[],
      });
      const limit = flags.limit as number;
      ledger.view.atOnce(() => {
        if (out.json) return out.results(mapped(each(limit), differenceShape));
        for (const difference of each(limit)) {
          const [title, ...rest] = differenceLines(out.style, difference);
          out.line(flags.stat === true ? title : [title, ...rest].join("\n"));
        }
      });
      const kinds = (["created", "changed", "deleted"] as const).filter((kind) => counts[kind] > 0);
      const total = kinds.reduce((sum, kind) => sum + counts[kind], 0);
      const more = limit > 0 && total > limit ? " · there are more: -n 0 shows all" : "";
      const none = flags.since === undefined
        ? "Nothing that the next bd sync would give away"
        : "Nothing changed";
      const sums = kinds.map((kind) => `${counts[kind]} ${kind}`).join(" · ");
      out.line(out.style.dim(total === 0 ? none : sums + more));
    });
  },
});
