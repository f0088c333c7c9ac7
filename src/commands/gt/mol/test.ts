import { defineCommand } from "../../../cli/command.ts";

/** `gt mol test`. */
export const command = defineCommand({
  name: "gt mol test",
  summary: "Play the cases of workflows: what is given, what comes of it; nothing is run",
  description:
    "The cases of a molecule stand beside it, in NAME.test.yaml: each says how its steps end, and what is expected. " +
    "They are played by the same machine as a run, with a clock of its own. Without names: all of the town's or the " +
    "repository's. `gt mol schema --cases` prints the JSON Schema of such a file.",
  positionals: [{
    name: "molecules",
    summary: "Names or files of molecules, files of cases, or folders",
    variadic: true,
    completes: "molecule",
  }],
  examples: [
    { line: "gt mol test", summary: "Play all cases" },
    { line: "gt mol test molecules/release.yaml --json", summary: "Those of one molecule, for a script" },
  ],
  exits: { 1: "a case went another way, or there is none" },
  async run({ ports, args, out }) {
    const { caseLines, casesShape, countCases, countLine, playCaseFiles } = await import(
      "../../gt_support/case_files.ts"
    );
    const results = await playCaseFiles(ports, args.molecules as readonly string[] | undefined ?? []);
    const { failed, wrongFiles } = countCases(results);
    const hasFailed = failed + wrongFiles > 0;
    // What went another way is the answer, also when nothing else is to be said.
    const say = hasFailed ? out.answer : out.line;
    for (const result of results) for (const line of caseLines(out, result)) say(line);
    say(countLine(results));
    out.result(casesShape(results));
    return hasFailed ? 1 : 0;
  },
});
