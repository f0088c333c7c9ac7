/**
 * Cases that a molecule is tried with: what is given, and what is expected, without running anything.
 *
 * A case drives the machine of runs by a clock of its own; each step ends as its case says. `schema.ts` is what a file
 * of cases may say, `read_cases.ts` reads one, `play.ts` plays a case, and `judge.ts` says where it went another way.
 *
 * @module
 */
import * as v from "valibot";
import {
  closedMap,
  count,
  duration,
  expected,
  flag,
  key,
  listOf,
  namedMap,
  oneOf,
  text,
  words,
} from "../language/schema_parts.ts";

const scalar = v.union([v.string(), v.number(), v.boolean()], expected("one value"));
const value = v.union(
  [v.null(), scalar, v.array(v.any()), v.record(v.string(), v.any())],
  expected("a value"),
);
const values = namedMap(value, "a map of names and values");
const code = v.pipe(
  v.number(expected("an exit code")),
  v.integer(expected("an exit code")),
  v.minValue(0, expected("an exit code")),
  v.maxValue(255, expected("an exit code")),
);

const result = closedMap({
  takes: key(duration, "How long it takes. Nothing by default."),
  exit: key(code, "Of run: the code that the command ends with. 0 by default."),
  stdout: key(text, "Of run: what it prints."),
  stderr: key(text, "Of run: what it prints as errors."),
  outputs: key(values, "Of anything else: the outputs that it is closed with."),
  fails: key(
    oneOf(["exit", "timeout", "heartbeat", "failed", "unknown", "rejected", "start", "budget"]),
    "It fails, for this reason, which must be one of its kind: a command has no rejected.",
  ),
  reason: key(words, "The words of that reason; those of a real run by default."),
  waits: key(flag, "It never ends by itself; only its timeout ends it. Nothing else is said then."),
});

const given = closedMap({
  vars: key(
    namedMap(
      v.union([scalar, v.array(scalar)], expected("a value, or a list of values")),
      "a map of variables",
    ),
    "Values of its variables.",
  ),
  env: key(namedMap(text, "a map of names and values"), "The environment when the run begins."),
  bead: key(
    closedMap({ id: key(words, "Its id."), title: key(words, "Its title.") }),
    "The bead that is worked by the molecule.",
  ),
  at: key(words, "When the run begins: RFC 3339. 2026-01-01T00:00:00Z by default."),
  cancel: key(duration, "The run is cancelled so long after it began."),
  steps: key(
    namedMap(
      v.union([result, listOf(result, "results")], expected("a result, or a list of them")),
      "a map of steps",
    ),
    "How its steps end, by id, build[0] for one of a fan-out: once for all attempts, or a list with one result for " +
      "each attempt, the last one for all that follow. A step that is not named succeeds at once, without outputs: " +
      "where it must give some, it fails.",
  ),
});

const STATUSES = ["pending", "running", "waiting", "succeeded", "failed", "skipped", "cancelled"] as const;

const expectedStep = closedMap({
  status: key(oneOf(STATUSES), "How it stands at the end."),
  attempts: key(
    v.pipe(
      v.number(expected("a number")),
      v.integer(expected("a number")),
      v.minValue(0, expected("a number")),
    ),
    "How often it was begun.",
  ),
  items: key(count, "Of a fan-out: how many there were."),
  outputs: key(values, "Outputs that it has, among others."),
  reason: key(words, "Words in the reason for how it ended."),
  text: key(text, "Of run, prompt and human gates: the command, prompt or message of its last attempt."),
  began: key(duration, "When its last attempt began, after the run did."),
});

const expectation = closedMap({
  status: key(
    oneOf(["succeeded", "failed", "cancelled", "running"]),
    "How the run ended; running when it waits for what never comes.",
  ),
  reason: key(words, "Words in the reason for how it ended."),
  steps: key(
    namedMap(v.union([oneOf(STATUSES), expectedStep], expected("a status, or a map")), "a map of steps"),
    "How its steps ended, by id: a status, or more than that.",
  ),
  order: key(listOf(words, "ids of steps"), "These begin in this order, whatever begins between them."),
  outputs: key(values, "Outputs of the molecule, among others."),
  took: key(duration, "How long it took."),
});

/** One case. */
export const moleculeCase = closedMap({
  name: v.pipe(words, v.description("What it shows, as a sentence.")),
  given: key(given, "What is there before, and how its steps end."),
  expect: v.pipe(expectation, v.description("What comes of it.")),
});

/** A file of cases. */
export const caseFile = closedMap({
  molecule: key(
    words,
    "Name or path of the molecule; without it that of the file: NAME.yaml for NAME.test.yaml.",
  ),
  cases: v.pipe(listOf(moleculeCase, "cases"), v.description("The cases.")),
});

/** A file of cases as written. */
export type WrittenCases = v.InferOutput<typeof caseFile>;
/** A case as written. */
export type WrittenCase = v.InferOutput<typeof moleculeCase>;
/** What a case gives, as written. */
export type WrittenGiven = v.InferOutput<typeof given>;
/** How an attempt of a step ends, as written. */
export type WrittenResult = v.InferOutput<typeof result>;
/** What a case expects of one step, as written. */
export type ExpectedStep = v.InferOutput<typeof expectedStep>;
