import { closestWord } from "../../lib/closest_word.ts";
import type { SourcePlace } from "../definition.ts";

/** The rules of the linter, each with what it is about. */
export const RULES = {
  unreadable: "The file cannot be read",
  yaml: "The file is no YAML, or YAML that a molecule may not use",
  size: "The file is too large, or has too many problems",
  "unknown-key": "A key that the language does not have",
  "missing-key": "A key that must be there",
  value: "A value of the wrong type or form",
  name: "The molecule is not called as its file",
  kind: "A step is more than one thing at once",
  checklist: "A step among commands that waits until somebody closes it",
  "misplaced-key": "A key that this kind of step has no use for",
  "duplicate-id": "Two steps of the same id",
  "unknown-need": "A need that no step has",
  cycle: "Steps that wait for each other",
  unreachable: "A step that can never run",
  "reserved-name": "A variable called like something that expressions have already",
  "variable-default": "A default that its variable does not take",
  "unused-variable": "A variable that nothing reads",
  expression: "An expression that is no CEL",
  "expression-type": "An expression whose types do not fit",
  "unknown-name": "An expression reads what does not exist",
  "unknown-variable": "An expression reads a variable that is not declared",
  "unknown-step": "An expression reads a step that does not exist",
  "unknown-output": "An expression reads an output that the step does not have",
  "absent-output": "An expression reads an output that the step may not have given",
  "not-a-need": "An expression reads a step that may not have run yet",
  "shell-injection": "A value that an agent produced becomes part of a command",
  secret: "A secret would be written down",
  cron: "A cron line that is none",
  "unknown-molecule": "A molecule that does not exist, or cannot be used",
  recursion: "A molecule that contains itself",
  with: "Values for a nested molecule that it does not take, or lacks",
  composition: "Parts that do not fit together",
} as const;

/** The name of a rule. */
export type Rule = keyof typeof RULES;

/** Something wrong at a place of a molecule. */
export interface Problem {
  rule: Rule;
  severity: "error" | "warning";
  message: string;
  /** Path of the file, as it was given. */
  file: string;
  line: number;
  column: number;
}

/** What problems are put into while a file and those it is composed of are read. */
export interface Report {
  readonly problems: Problem[];
  error(place: SourcePlace, problem: { rule: Rule; message: string }): void;
  warning(place: SourcePlace, problem: { rule: Rule; message: string }): void;
}

/** One mistake can lead to thousands; nobody reads on behind so many. */
export const MOST_PROBLEMS = 500;

/** Thrown by a report that is full; it holds all there is to say then. */
export class TooManyProblems extends Error {}

const LONGEST_MESSAGE = 400;

/** Begins a report; a place without a file is in `file`. */
export function createReport(file: string): Report {
  const problems: Problem[] = [];
  const add = (severity: Problem["severity"]) => (place: SourcePlace, { rule, message }: AddedProblem) => {
    const { line, column } = place;
    problems.push({
      rule,
      severity,
      message: shortened(message, LONGEST_MESSAGE),
      file: place.file ?? file,
      line,
      column,
    });
    if (problems.length < MOST_PROBLEMS) return;
    const more = `there are ${MOST_PROBLEMS} problems; what else there is was not looked for`;
    problems.push({ rule: "size", severity: "error", message: more, file, line: 1, column: 1 });
    throw new TooManyProblems();
  };
  return { problems, error: add("error"), warning: add("warning") };
}

/** A text that is shown to a person, cut where it is long. */
export function shortened(text: string, most = 120): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

interface AddedProblem {
  rule: Rule;
  message: string;
}

/** In the order of the file, the file itself first. */
export function sortProblems(problems: readonly Problem[], file: string): Problem[] {
  const rank = (problem: Problem) => problem.file === file ? 0 : 1;
  return [...problems].sort((one, other) =>
    rank(one) - rank(other) || (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
    one.line - other.line || one.column - other.column
  );
}

/** `; did you mean "needs"?`, or what there is. */
export function suggestion(given: string, known: readonly string[]): string {
  const close = closestWord(given, known);
  if (close !== undefined) return `; did you mean "${close}"?`;
  return known.length === 0 || known.length > 20 ? "" : `; known are ${known.join(", ")}`;
}
