import { defineCommand } from "../../../cli/command.ts";

/** `bd comments add`. */
export const command = defineCommand({
  name: "bd comments add",
  summary: "Add a comment to a bead, as `bd comment`",
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
    { line: "bd comments add cs-login 'the API changed'", summary: "A line" },
    { line: "bd comments add cs-login -f findings.md", summary: "What a file holds" },
  ],
  async run(context) {
    const { addComment } = await import("../../bd_support/commenting.ts");
    await addComment(context);
  },
});
