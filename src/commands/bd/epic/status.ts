import { defineCommand } from "../../../cli/command.ts";

/** `bd epic status`. */
export const command = defineCommand({
  name: "bd epic status",
  summary: "Show how far epics have come",
  description: "Counts direct children. An epic whose children are all closed can be closed.",
  positionals: [{
    name: "epic",
    summary: "Ids; all open epics by default",
    variadic: true,
    completes: "bead",
  }],
  flags: {
    "eligible-only": { type: "boolean", summary: "Only those that can be closed" },
  },
  examples: [
    { line: "bd epic status", summary: "Every open epic, with a bar" },
    { line: "bd epic status --eligible-only --json", summary: "Those that are done, for a script" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { epicStatus, openEpics }, { resolveBead }, { epicLines, epicShape }] =
      await Promise
        .all([
          import("../../bd_support/ledger.ts"),
          import("../../../beads/epics.ts"),
          import("../../../beads/ids.ts"),
          import("../../bd_support/epic_lines.ts"),
        ]);
    await withLedger(context, ({ view }) => {
      const names = args.epic as readonly string[];
      const all = names.length === 0
        ? openEpics(view)
        : names.map((name) => epicStatus(view, resolveBead(view, name)));
      const epics = flags["eligible-only"] === true ? all.filter(({ eligible }) => eligible) : all;
      for (const line of epicLines(out.style, epics)) out.line(line);
      out.result(epics.map((status) => epicShape(view, status)));
    });
  },
});
