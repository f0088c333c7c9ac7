import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { type Problem, RULES } from "./problem.ts";

/** How problems are written. */
export const LINT_FORMATS = ["text", "json", "sarif", "github"] as const;

/** One of {@linkcode LINT_FORMATS}. */
export type LintFormat = (typeof LINT_FORMATS)[number];

/** A problem of a file of any kind, whatever its rules are called. */
export type Reported = Omit<Problem, "rule"> & { rule: string };

/** All problems in a format that is printed as a whole; `rules` are those of molecules unless others are given. */
export function lintReport(
  problems: readonly Reported[],
  format: LintFormat,
  { rules = RULES }: { rules?: Readonly<Record<string, string>> } = {},
): string {
  switch (format) {
    case "text":
      return problems.map(textOf).join("\n");
    case "json":
      return JSON.stringify(lintShape(problems), undefined, 2);
    case "sarif":
      return JSON.stringify(sarifOf(problems, rules), undefined, 2);
    case "github":
      return problems.map(annotationOf).join("\n");
  }
}

/** The same as an object: all problems, and how many there are. */
export function lintShape(problems: readonly Reported[]): JsonObject {
  const of = (severity: Reported["severity"]) =>
    problems.filter((problem) => problem.severity === severity).length;
  return {
    errors: of("error"),
    warnings: of("warning"),
    problems: problems.map((problem) => ({ ...problem })),
  };
}

function textOf({ file, line, column, severity, rule, message }: Reported): string {
  return printable(`${file}:${line}:${column}: ${severity} ${rule} ${message}`);
}

/** A workflow command of GitHub Actions. */
function annotationOf({ file, line, column, severity, rule, message }: Reported): string {
  const value = (text: string) => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const place = `file=${value(file)},line=${line},col=${column},title=${value(rule)}`;
  return `::${severity} ${place}::${escaped(message)}`;
}

function escaped(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The address of a file: relative to the folder of the call, or whole. */
function uriOf(file: string): string {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}

/** SARIF 2.1.0, as code scanning reads it. */
function sarifOf(problems: readonly Reported[], known: Readonly<Record<string, string>>): JsonObject {
  const rules = Object.entries(known).map(([id, text]) => ({ id, shortDescription: { text } }));
  const driver = { name: "gt", rules };
  const results = problems.map(({ file, line, column, severity, rule, message }) => ({
    ruleId: rule,
    level: severity,
    message: { text: message },
    locations: [{
      physicalLocation: {
        artifactLocation: { uri: uriOf(file) },
        region: { startLine: line, startColumn: column },
      },
    }],
  }));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, results }],
  };
}
