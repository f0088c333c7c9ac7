import { defineCommand } from "../../cli/command.ts";

/** `bd comment`. */
export const command = defineCommand({
  name: "bd comment",
  summary: "Add a comment to a bead",
  positionals: [
    { name: "bead", summary: "An id", required: true, completes: "bead" },
    { name: "text", summary: "What to say; several words need no quotes", variadic: true },
  ],
  flags: {
    file: {
      type: "string",
      short: "f",
      summary: "Read it from a file; - is standard input",
      completes: "file",
    },
    author: { type: "string", short: "a", summary: "In this name", placeholder: "NAME" },
  },
  examples: [
    { line: "bd comment cs-login 'the API changed'", summary: "A line" },
    { line: "bd comment cs-login -f findings.md", summary: "What a file holds" },
  ],
  async run(context) {
    const { addComment } = await import("../bd_support/commenting.ts");
    await addComment(context);
  },
});
