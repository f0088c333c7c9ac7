import * as v from "valibot";
import {
  amount,
  closedMap,
  duration,
  expected,
  key,
  limit,
  listOf,
  oneOf,
  text,
  words,
} from "./schema_parts.ts";
import { mapHint, wordHint } from "./value_hints.ts";

const common = {
  timeout: key(limit, "How long it waits at most."),
  on_timeout: key(
    oneOf(["fail", "succeed"]),
    "What becomes of it then. fail by default. After succeed it has no outputs: read them with has().",
  ),
  escalate: key(
    closedMap({
      after: v.pipe(duration, v.description("How long it has waited then.")),
      to: key(text, "Who is told. overseer by default."),
    }),
    "Somebody is told that it still waits.",
  ),
};

const human = closedMap({
  type: v.literal("human"),
  message: key(text, "What is to be decided."),
  approvers: key(
    listOf(text, "names"),
    "Who may decide. Every person by default; an agent only where it is named.",
  ),
  ...common,
});

const timer = closedMap({
  type: v.literal("timer"),
  for: key(duration, "How long after it was reached."),
  until: key(text, "Or when: RFC 3339, or seconds since 1970."),
  ...common,
});

const cron = closedMap({
  type: v.literal("cron"),
  schedule: v.pipe(words, v.description("Minute, hour, day, month and day of the week, as in cron.")),
  timezone: key(words, "UTC by default."),
  ...common,
});

const bead = closedMap({
  type: v.literal("bead"),
  bead: v.pipe(text, v.description("The bead that must be closed.")),
  ...common,
});

const mail = closedMap({
  type: v.literal("mail"),
  from: key(text, "Of this sender."),
  subject: key(text, "With these words in its subject."),
  ...common,
});

const run = closedMap({
  type: v.literal("gh:run"),
  run: v.pipe(
    text,
    v.description("Number of a GitHub Actions run, or the file of a workflow: its latest one."),
  ),
  repo: key(text, "OWNER/NAME; that of the folder by default."),
  every: key(limit, "How long between the first two questions. 15s by default."),
  ...common,
});

const pullRequest = closedMap({
  type: v.literal("gh:pr"),
  pr: v.pipe(text, v.description("Its number, address or branch.")),
  state: key(oneOf(["merged", "closed", "approved"]), "merged by default."),
  repo: key(text, "OWNER/NAME; that of the folder by default."),
  every: key(limit, "How long between the first two questions. 15s by default."),
  ...common,
});

const command = closedMap({
  type: v.literal("command"),
  command: v.pipe(text, v.description("It opens when this ends with code 0. A try may take two minutes.")),
  every: key(limit, "How long between the first tries. 10s by default."),
  factor: key(amount, "Each pause is the one before it times this. 1.5 by default."),
  max_every: key(limit, "The longest pause. 5m by default."),
  ...common,
});

/** The types of gates. */
export const GATE_TYPES = ["human", "timer", "cron", "bead", "mail", "gh:run", "gh:pr", "command"] as const;

const aGate = expected("a map", mapHint(["type"]));

/** What a step waits for. */
export const gate = v.variant(
  "type",
  [human, timer, cron, bead, mail, run, pullRequest, command],
  // One that is no map says of what type it is.
  (issue) =>
    issue.expected === "Object"
      ? aGate(issue)
      : expected(`one of ${GATE_TYPES.join(", ")}`, wordHint(GATE_TYPES))(issue),
);

/** A gate as written. */
export type WrittenGate = v.InferOutput<typeof gate>;
