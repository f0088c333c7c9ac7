import { defineCommand } from "../../../cli/command.ts";
import type { ConvoyProblem } from "../../../town/convoys/convoy_problem.ts";

/** `gt convoy lint`. */
export const command = defineCommand({
  name: "gt convoy lint",
  summary: "Check convoy files: every mistake with its file, line and column",
  description:
    "Everything that is wrong is found in one pass. In a town also the names of rigs, agents, molecules and beads are " +
    "checked; elsewhere only the file itself. Without a file: those in the folder `convoys`.",
  positionals: [{
    name: "files",
    summary: "Files, or folders of them; - reads standard input",
    variadic: true,
    completes: "file",
  }],
  flags: {
    format: {
      type: "string",
      summary: "How to write it",
      values: ["text", "json", "sarif", "github"],
      default: "text",
    },
  },
  examples: [
    { line: "gt convoy lint", summary: "Check all in convoys/" },
    { line: "gt convoy lint convoys/auth.yaml --format github", summary: "Annotations on a pull request" },
  ],
  exits: { 1: "there are errors, or no such file" },
  async run({ ports, args, flags, out }) {
    const [
      { convoyFiles, convoyText, namesOfTown, problemsOfConvoy, townHere },
      { readConvoyFile },
      { CONVOY_RULES },
      { lintReport, lintShape },
    ] = await Promise.all([
      import("../../gt_support/convoy_source.ts"),
      import("../../../town/convoys/convoy_file.ts"),
      import("../../../town/convoys/convoy_problem.ts"),
      import("../../../molecules/language/lint_report.ts"),
    ]);
    const given = args.files as readonly string[] | undefined ?? [];
    const files = convoyFiles(ports, given.length === 0 ? ["convoys"] : given);
    const town = townHere(ports);
    const known = town && await namesOfTown(ports, town);
    const problems: ConvoyProblem[] = [];
    for (const path of files) {
      problems.push(...await problemsOfConvoy(readConvoyFile(convoyText(ports, path), path), known));
    }
    const format = flags.format as "text" | "json" | "sarif" | "github";
    const report = lintReport(problems, format, { rules: CONVOY_RULES });
    if (report !== "") out.answer(report);
    out.result(lintShape(problems));
    const counted = `${files.length} ${files.length === 1 ? "file" : "files"}`;
    const errors = `${problems.length} ${problems.length === 1 ? "error" : "errors"}`;
    out.note(problems.length === 0 ? `${counted}: nothing to say` : `${counted}: ${errors}`);
    return problems.length > 0 ? 1 : 0;
  },
});
