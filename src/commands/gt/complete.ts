import { defineCommand } from "../../cli/command.ts";

/** `gt complete`. */
export const command = defineCommand({
  name: "gt complete",
  summary: "Print what could complete the last of these words, for the shell",
  description:
    "Each line is a candidate, a tab and what it means. A last line `:files` asks for file names as well.",
  hidden: true,
  passthrough: true,
  positionals: [
    {
      name: "word",
      summary: "The words so far, without the program's name; the last may be empty",
      variadic: true,
    },
  ],
  examples: [
    { line: "gt complete -- ver", summary: "Commands that begin with these letters" },
    { line: "gt complete -- version --", summary: "Flags of a command" },
  ],
  async run({ program, args, out, ports }) {
    const [{ completeWords }, { lookUpNames }] = await Promise.all([
      import("../../cli/complete.ts"),
      import("../complete_names.ts"),
    ]);
    const found = await completeWords(program, {
      words: args.word as string[],
      lookUp: (asked) => lookUpNames(ports, asked),
    });
    for (const { value, summary } of found.candidates) out.line(summary ? `${value}\t${summary}` : value);
    if (found.files) out.line(":files");
    out.result(found);
  },
});
