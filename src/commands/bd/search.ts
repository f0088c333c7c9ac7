import { defineCommand } from "../../cli/command.ts";

/** `bd search`. */
export const command = defineCommand({
  name: "bd search",
  summary: "Find beads by words in them",
  description:
    "All words must occur in the id, title, description, notes, design or comments. A match in the id or title comes first, then what changed last.",
  positionals: [{ name: "word", summary: "What to look for", required: true, variadic: true }],
  flags: {
    status: { type: "string", short: "s", summary: "Of this status" },
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many; 0 for all",
      default: 50,
      placeholder: "N",
    },
    "include-internal": { type: "boolean", summary: "Convoys, messages and steps too" },
  },
  examples: [
    { line: "bd search login", summary: "Everything about the login" },
    { line: "bd search passkey form --status open", summary: "Both words, in open beads" },
  ],
  async run(context) {
    const { args, flags } = context;
    const [{ withLedger }, { eachFound }, { oneMore, printFound }, { knownStatus }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/search.ts"),
      import("../bd_support/found.ts"),
      import("../bd_support/fields.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const limit = flags.limit as number;
      const status = flags.status as string | undefined;
      const beads = eachFound(view, {
        text: (args.word as readonly string[]).join(" "),
        limit: oneMore(limit),
        includeInternal: flags["include-internal"] === true,
        ...(status === undefined || status === "all" ? {} : { status: knownStatus(view, status) }),
      });
      printFound(context, { view, beads, limit, none: "Nothing found" });
    });
  },
});
