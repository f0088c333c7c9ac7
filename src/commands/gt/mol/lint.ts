import { defineCommand } from "../../../cli/command.ts";

/** `gt mol lint`. */
export const command = defineCommand({
  name: "gt mol lint",
  summary: "Check workflows: every mistake with its file, line and column",
  description:
    "Without names: all of the town's or the repository's own, or the built-in ones where there are none. " +
    "Everything that is wrong is found in one pass, files that cannot be read among it; only errors make it fail, " +
    "warnings do not. A file of cases, NAME.test.yaml, is checked as such.",
  positionals: [{
    name: "molecules",
    summary: "Names, files or folders; - reads standard input",
    variadic: true,
    completes: "molecule",
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
    { line: "gt mol lint", summary: "Check all of them" },
    { line: "gt mol lint worker-work --format github", summary: "Annotations on a pull request" },
  ],
  exits: { 1: "there are errors, or no such molecule" },
  async run({ ports, args, flags, out }) {
    const [{ lintTargets }, { lintReport, lintShape }] = await Promise.all([
      import("../../gt_support/lint_targets.ts"),
      import("../../../molecules/language/lint_report.ts"),
    ]);
    const { problems, molecules, cases } = await lintTargets(
      ports,
      args.molecules as readonly string[] | undefined ?? [],
    );
    const format = flags.format as "text" | "json" | "sarif" | "github";
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const warnings = problems.length - errors;
    const report = lintReport(problems, format);
    if (report !== "") out.answer(report);
    out.result(lintShape(problems));
    const counted = [
      ...(molecules > 0 || cases === 0 ? [`${molecules} ${molecules === 1 ? "molecule" : "molecules"}`] : []),
      ...(cases > 0 ? [`${cases} ${cases === 1 ? "file" : "files"} of cases`] : []),
    ].join(", ");
    const found = `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${
      warnings === 1 ? "warning" : "warnings"
    }`;
    out.note(problems.length === 0 ? `${counted}: nothing to say` : `${counted}: ${found}`);
    return errors > 0 ? 1 : 0;
  },
});
