import * as v from "valibot";
import { type Document, LineCounter, type Node, parseDocument } from "yaml";
import { CommandError } from "../../lib/errors.ts";
import { closestWord } from "../../lib/closest_word.ts";

const text = () => v.string("text");
const trimmed = () => v.pipe(text(), v.trim());
const line = () => v.pipe(text(), v.trim(), v.regex(/\S/, "text that is not empty"));
const id = () =>
  v.pipe(text(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)+(\.[0-9]+)*$/, "an id such as cs-login, in a-z, 0-9 and -"));
const ids = () => v.array(id(), "a list of ids");
const anyPriority = "a priority from 0 (or P0, critical) to 4";
const priorityNumber = v.pipe(
  v.number(anyPriority),
  v.integer(anyPriority),
  v.minValue(0, anyPriority),
  v.maxValue(4, anyPriority),
);
const priorityText = v.pipe(
  v.string(anyPriority),
  v.regex(/^[Pp]?[0-4]$/, anyPriority),
  v.transform((written) => Number(written.slice(-1))),
);
// One of two shapes is chosen by the value, not by trying: a union would only say that neither fits.
const priority = v.lazy((value) => typeof value === "string" ? priorityText : priorityNumber);

const dollars = v.pipe(v.number("a number, 0 or more"), v.minValue(0, "a number, 0 or more"));
const budget = v.strictObject({
  warn: v.exactOptional(dollars),
  soft: v.exactOptional(dollars),
  hard: v.exactOptional(dollars),
}, "a budget with `warn`, `soft`, `hard`");

const beadFields = {
  title: v.exactOptional(line()),
  description: v.exactOptional(trimmed()),
  acceptance: v.exactOptional(trimmed()),
  design: v.exactOptional(trimmed()),
  type: v.exactOptional(line()),
  priority: v.exactOptional(priority),
  labels: v.exactOptional(v.array(line(), "a list of labels")),
  deps: v.exactOptional(ids()),
  rig: v.exactOptional(line()),
  agent: v.exactOptional(line()),
  molecule: v.exactOptional(line()),
  budget: v.exactOptional(budget),
};

const beadSchema = v.strictObject({ id: id(), ...beadFields }, "an id, or a bead with `id`");

const beadById = v.pipe(id(), v.transform((written): v.InferOutput<typeof beadSchema> => ({ id: written })));
const anyBead = v.lazy((value) => typeof value === "object" && value !== null ? beadSchema : beadById);

const convoySchema = v.strictObject({
  name: line(),
  owner: v.exactOptional(line()),
  watchers: v.exactOptional(v.array(line(), "a list of addresses")),
  rig: v.exactOptional(line()),
  agent: v.exactOptional(line()),
  molecule: v.exactOptional(line()),
  budget: v.exactOptional(budget),
  beads: v.pipe(
    v.array(anyBead, "a list of beads"),
    v.minLength(1, "at least one bead"),
  ),
}, "a convoy with `name` and `beads`");

/** A convoy as a file describes it. */
export type ConvoyFile = v.InferOutput<typeof convoySchema>;

/** A bead as a convoy's file describes it; what is absent stays as it is in the ledger. */
export type ConvoyFileBead = v.InferOutput<typeof beadSchema>;

interface Problem {
  path: readonly (string | number)[];
  message: string;
}

/** Reads the text of a convoy's file. @throws {CommandError} naming line and column of everything that is wrong. */
export function parseConvoyFile(source: string, path: string): ConvoyFile {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  if (document.errors.length > 0) {
    const last = Math.max(0, source.trimEnd().length);
    throw refuse(
      path,
      document.errors.map((error) =>
        `${place(Math.min(error.pos[0], last))}: ${
          error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "")
        }`
      ),
    );
  }
  const parsed = v.safeParse(convoySchema, document.toJS() ?? {});
  const problems = parsed.success ? brokenRules(parsed.output) : parsed.issues.map(describe);
  if (parsed.success && problems.length === 0) return parsed.output;
  throw refuse(
    path,
    problems.map((problem) => `${place(offsetOf(document, problem.path))}: ${problem.message}`),
  );
}

function refuse(path: string, written: readonly string[]): CommandError {
  const [only] = written;
  const hints = ["gt convoy apply --help shows a whole file"];
  return written.length === 1
    ? new CommandError("refused", `Cannot use ${only}`, { code: "convoy_invalid", hints })
    : new CommandError("refused", `Cannot use "${path}": ${written.length} problems`, {
      code: "convoy_invalid",
      hints: [...written, ...hints],
    });
}

/** What the types alone cannot say: no id twice, no bead that waits for itself. */
function brokenRules(file: ConvoyFile): Problem[] {
  const seen = new Set<string>();
  return file.beads.flatMap((bead: ConvoyFileBead, at) => {
    const problems: Problem[] = [];
    if (seen.has(bead.id)) problems.push({ path: ["beads", at], message: `"${bead.id}" stands here twice` });
    seen.add(bead.id);
    const self = bead.deps?.indexOf(bead.id) ?? -1;
    if (self >= 0) {
      problems.push({ path: ["beads", at, "deps", self], message: `"${bead.id}" cannot depend on itself` });
    }
    return problems;
  });
}

function describe(issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const last = String(path.at(-1));
  if (issue.type === "strict_object" && issue.expected === "never") {
    const known = Object.keys(path.length === 1 ? convoySchema.entries : beadSchema.entries);
    const close = closestWord(last, known);
    const hint = close === undefined ? `; known are ${known.join(", ")}` : `; did you mean "${close}"?`;
    return { path, message: `unknown key "${last}"${hint}` };
  }
  if (issue.path?.at(-1)?.origin === "key" || issue.input === undefined) {
    return { path: path.slice(0, -1), message: `missing key "${last}"` };
  }
  const found = typeof issue.input === "string"
    ? JSON.stringify(issue.input)
    : Array.isArray(issue.input)
    ? "a list"
    : issue.input === null
    ? "nothing"
    : typeof issue.input === "object"
    ? "a map"
    : `the ${typeof issue.input} ${issue.input}`;
  return { path, message: `${last}: expected ${issue.message}, found ${found}` };
}

/** Where the value at a path begins, or the nearest thing above it that exists. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
