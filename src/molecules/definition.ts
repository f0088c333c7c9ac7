/**
 * What a molecule means once it is read: every default filled in, everything it is composed of in its place.
 *
 * The file says it in YAML (`schema.ts`); the linter, the planner and the engine see only this. It is plain JSON, so it
 * can be kept as it is. Durations are milliseconds.
 */
import type { Json } from "../lib/json.ts";

/** Where in its file something stands; counted from 1. */
export interface Place {
  line: number;
  column: number;
}

/** Where something was written, counted from 1. */
export interface SourcePlace extends Place {
  /** Absent for the molecule's own file; another one's when it was included from there. */
  file?: string;
}

/** Where a character of a text stands that does not stand right behind the one before it, as in the next line. */
export interface Turn extends SourcePlace {
  /** Offset in the text. */
  at: number;
}

/** A CEL expression as written: `when`, `until`, `for_each`. */
export interface Expression {
  source: string;
  /** Where it begins; absent for one that stands in no file. */
  place?: SourcePlace;
  /** Where it goes on elsewhere, in the order of the source; absent where it does not. */
  turns?: readonly Turn[];
}

/** A text whose `{{ }}` are CEL expressions. One that is nothing but a single `{{ }}` gives that value, not its text. */
export interface Template {
  text: string;
  /** Where each `{{` stands, in the order of the text; absent for one that stands in no file, or has none. */
  places?: readonly SourcePlace[];
  /** Where one of them goes on elsewhere, in the order of the text; absent where none does. */
  turns?: readonly Turn[];
}

/** What a variable holds; values given as text are read as this. */
export type VariableType = "string" | "int" | "number" | "bool" | "list";

/** A value that a molecule asks for. */
export interface VariableDefinition {
  name: string;
  description?: string;
  type: VariableType;
  /** What it is unless another value is given; a required one has none. */
  default?: Json;
  required: boolean;
  /** The only values it takes. */
  enum?: readonly Json[];
  /** A regular expression that the whole text must match. */
  pattern?: string;
}

/** What must have happened before a step begins; an empty `all` is nothing. */
export type Needs =
  | { mode: "all"; of: readonly string[] }
  | { mode: "any"; of: readonly string[] }
  /** `count` of them must have succeeded. */
  | { mode: "quorum"; count: number; of: readonly string[] };

/** Why an attempt ended without success. */
export type FailureKind =
  /** A command ended with another code than 0. */
  | "exit"
  /** It took longer than `timeout`. */
  | "timeout"
  /** Nothing was heard of it for longer than `heartbeat`. */
  | "heartbeat"
  /** An agent, a gate, a nested run or a convoy said so. */
  | "failed"
  /** Its driver died, and nobody knows how it ended. */
  | "unknown";

/** How often and when a step is tried again. */
export interface Retry {
  /** All attempts, the first among them: 1 or more. */
  attempts: number;
  /** Before the second attempt. */
  delay: number;
  /** Each delay is the one before it times this. */
  factor: number;
  /** No delay is longer. */
  maxDelay: number;
  /** Only after these. `unknown` is among them only where the file names it. */
  on: readonly FailureKind[];
}

/** What a step may use up in all its attempts, or a run; the first that is reached ends it. */
export interface Budget {
  tokens?: number;
  usd?: number;
  minutes?: number;
}

/** At most `limit` steps (or runs) of one group at a time, in all runs of the ledger. */
export interface Concurrency {
  group: Template;
  limit: number;
}

/** What a command is given besides its texts: where all of it is the same, so is its result, without running. */
export interface Cache {
  key: Template;
  /** Files and folders that it reads, relative to `cwd`. */
  paths: readonly Template[];
}

/** Who works a `prompt`. */
export interface AgentChoice {
  /** `worker` unless the file says otherwise. */
  role: Template;
  rig?: Template;
  /** Name of an agent of the town's configuration. */
  agent?: Template;
}

/** What a gate waits for. */
export type GateCondition =
  /** Somebody approves or rejects; `message` is what they are asked. */
  | { type: "human"; message?: Template; approvers: readonly Template[] }
  /** A time has passed since the gate was reached, or a moment has come (RFC 3339, or seconds since 1970). */
  | { type: "timer"; for: number }
  | { type: "timer"; until: Template }
  /** The next time that a cron line matches, after the gate was reached. */
  | { type: "cron"; schedule: string; timezone?: string }
  /** A bead is closed. */
  | { type: "bead"; bead: Template }
  /** A message arrives for the run: of this sender, with these words in its subject. */
  | { type: "mail"; from?: Template; subject?: Template }
  /** A GitHub Actions run has succeeded: its number, or the latest one of a workflow's file; first asked again after `every`. */
  | { type: "gh:run"; run: Template; repo?: Template; every: number }
  /** A pull request is merged, closed or approved. */
  | { type: "gh:pr"; pr: Template; state: "merged" | "closed" | "approved"; repo?: Template; every: number }
  /** A command ends with code 0; it is asked `every` so long, then less and less often up to `maxEvery`. */
  | { type: "command"; command: Template; every: number; factor: number; maxEvery: number };

/** A gate; its time limit is the `timeout` of its step. */
export interface Gate {
  condition: GateCondition;
  /** What becomes of the step when its time is over. */
  onTimeout: "fail" | "succeed";
  /** Somebody is told when it has waited so long. */
  escalate?: { after: number; to: Template };
}

/** A convoy that is dispatched and awaited. */
export interface ConvoyChoice {
  /** Name of one that exists; without `beads`. */
  name?: Template;
  title?: Template;
  /** Each gives an id, or a list of ids. */
  beads: readonly Template[];
  rig?: Template;
  agent?: Template;
  molecule?: Template;
}

/** What a step does. */
export type StepAction =
  | { kind: "run"; command: Template; cwd?: Template; stdin?: Template }
  | { kind: "prompt"; prompt: Template; agent?: AgentChoice }
  | { kind: "gate"; gate: Gate }
  /**
   * `molecule` is the name of one in the library, or a path beside this file; `with` are the values of its variables,
   * `outputs` the names of what it gives, absent where it could not be read; `secrets` are the names of those of all of
   * it, absent where it has none.
   */
  | {
    kind: "molecule";
    molecule: string;
    with: Readonly<Record<string, Template>>;
    outputs?: readonly string[];
    secrets?: readonly string[];
  }
  | { kind: "convoy"; convoy: ConvoyChoice }
  /** Its holder does it and closes it. */
  | { kind: "checklist" };

/** One combination of a matrix. */
export type MatrixRow = Readonly<Record<string, string | number | boolean>>;

/** What a step gives to later ones. */
export interface OutputDefinition {
  name: string;
  /** How it is made once the step has succeeded, also of `stdout`, `stderr` and `exit_code`; absent when its holder gives it. */
  value?: Template;
  /** What its holder must give; anything when absent. */
  type?: VariableType;
}

/** One step, complete. */
export interface StepDefinition {
  /** Unique in the molecule, `onFailure` and `finally` among it. */
  id: string;
  title: Template;
  description?: Template;
  /** When it is finished, for whoever does it. */
  acceptance?: Template;
  action: StepAction;
  needs: Needs;
  /** Begins once its needs have ended, however they did. */
  always: boolean;
  /** The step whose `on_failure` it stands in: when that one is tried again, it has yet to be seen whether this runs. */
  onFailureOf?: string;
  /** A skipped need does not count as satisfied. */
  strict: boolean;
  /** Skipped when this is false. */
  when?: Expression;
  /** Runs once for each row, in this order; its outputs are then lists in the same order. */
  matrix?: readonly MatrixRow[];
  /** Runs once for each element of this list, as `item`; its outputs are then lists in the same order. */
  forEach?: Expression;
  /** Of a fan-out, at most so many at a time. */
  maxParallel?: number;
  /** Runs again after a success until this is true; `max` times at most, then it has failed. */
  repeat?: { until: Expression; max: number; delay: number };
  retry: Retry;
  /** Of one attempt. */
  timeout?: number;
  heartbeat?: number;
  outputs: readonly OutputDefinition[];
  /** For the command, in this order; with those of the molecule. */
  env: Readonly<Record<string, Template>>;
  /** Names in the environment that the command gets and nobody sees; with those of the molecule. */
  secrets: readonly string[];
  /** Its failure fails neither the run nor what needs it. */
  allowFailure: boolean;
  concurrency?: Concurrency;
  cache?: Cache;
  budget?: Budget;
  /** Where it begins in its file. */
  place?: SourcePlace;
}

/** A molecule, complete. */
export interface Definition {
  name: string;
  version: number;
  description?: string;
  /** SHA-256 in hexadecimal digits of its text and of all it is composed of. */
  hash: string;
  /** Path of its file, or `built-in`. */
  source: string;
  vars: readonly VariableDefinition[];
  /** In the order of the file. */
  steps: readonly StepDefinition[];
  /** Run, by their own needs, once the run has failed. */
  onFailure: readonly StepDefinition[];
  /** Run at the end of every run, by their own needs, `status` being how it ended; also when it is cancelled. */
  finally: readonly StepDefinition[];
  /** What a run gives to the step that runs it as a nested one; each has a value. */
  outputs: readonly OutputDefinition[];
  /** At most so many steps at a time. */
  maxParallel?: number;
  /** Of the run as a whole, `finally` apart. */
  timeout?: number;
  concurrency?: Concurrency;
  budget?: Budget;
  /** Where an expression reads the bead that it is for; absent where none does. */
  readsBead?: SourcePlace;
  /** The names of the environment that expressions read as `env.NAME`: what a driver records when a run begins. */
  environment: readonly string[];
}
