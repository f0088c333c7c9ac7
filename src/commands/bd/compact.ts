import { defineCommand } from "../../cli/command.ts";

/** `bd compact`. */
export const command = defineCommand({
  name: "bd compact",
  summary: "Take long texts out of beads closed long ago; first shows what would go",
  description:
    "Without --apply nothing is changed. Of each bead the first lines of its description stay, and title, reason, labels, edges and comments as they " +
    "are. What is taken out stays in the log for ever: `bd show ID --as-of` shows it, `bd history` tells of it, and --restore puts it back. So `list`, " +
    "`show`, issues.jsonl and the index become smaller; the logs do not, they grow by a line a bead.",
  positionals: [{
    name: "bead",
    summary: "Only these, however long they are closed",
    variadic: true,
    completes: "bead",
  }],
  flags: {
    apply: { type: "boolean", summary: "Do it", aliases: ["auto"] },
    "closed-before": {
      type: "string",
      summary: "Closed before then, or longer ago than this",
      default: "30d",
      placeholder: "WHEN",
      aliases: ["older-than"],
    },
    "min-size": {
      type: "number",
      summary: "With at least this many characters of text",
      default: 500,
      placeholder: "N",
    },
    restore: { type: "boolean", summary: "Put the texts of these beads back" },
  },
  ignored: ["--analyze", "--dry-run", "--stats", "--all", "--tier="],
  examples: [
    { line: "bd compact", summary: "What would go" },
    {
      line: "bd compact --closed-before 90d --apply",
      summary: "Do it, for what was closed three months ago",
    },
  ],
  async run(context) {
    const { flags } = context;
    const { compactAndPrint, restoreAndPrint } = await import("../bd_support/compacting.ts");
    await (flags.restore === true ? restoreAndPrint(context) : compactAndPrint(context));
  },
});
