/**
 * The language of molecules: what a file may say, and what that means.
 *
 * The schema here is the source of the types, of the JSON Schema and of the reference; `read_definition.ts` makes a
 * complete definition of a text, `lint.ts` says all that is wrong with one.
 *
 * @module
 */
import * as v from "valibot";
import { gate } from "./schema_gate.ts";
import {
  amount,
  closedMap,
  count,
  duration,
  environmentName,
  expected,
  expression,
  flag,
  key,
  limit,
  listExpression,
  listOf,
  namedMap,
  oneOf,
  someStepIds,
  stepId,
  stepIds,
  text,
  words,
} from "./schema_parts.ts";
import { VARIABLE_TYPES } from "../variable_value.ts";
import { nameHint, needsHint } from "./value_hints.ts";

const scalar = v.union([v.string(), v.number(), v.boolean()], expected("one value"));

const variable = closedMap({
  description: key(words, "What it is, for whoever gives it."),
  type: key(
    oneOf(VARIABLE_TYPES),
    "What it holds; without it, what its default is, or a string.",
  ),
  default: key(
    v.union([v.string(), v.number(), v.boolean(), v.array(scalar)], expected("a value, or a list of values")),
    "What it is unless another value is given.",
  ),
  required: key(flag, "Whether a value must be given. False by default."),
  enum: key(listOf(scalar, "values"), "The only values it takes."),
  pattern: key(words, "A regular expression that the whole value must match."),
});

const defaultHint = (input: unknown) =>
  Array.isArray(input) ? `; write { default: [${input.map(String).join(", ")}] }` : "";

const vars = namedMap(
  v.union(
    [v.null(), v.string(), v.number(), v.boolean(), variable],
    expected("a default, or a map", defaultHint),
  ),
  "a map of variables",
);

const retry = closedMap({
  attempts: v.pipe(count, v.description("How often it is tried at most, the first time among them.")),
  delay: key(duration, "How long before the second attempt. 1s by default."),
  factor: key(amount, "Each delay is the one before it times this. 2 by default."),
  max_delay: key(duration, "The longest delay. 5m by default, or `delay` where that is longer."),
  on: key(
    listOf(oneOf(["exit", "timeout", "heartbeat", "failed", "unknown"]), "reasons"),
    "Only after these: a command ended with another code than 0, its time was over, nothing was heard of it, an agent, nested run or convoy failed, its driver died. All but unknown by default.",
  ),
});

const budget = closedMap({
  tokens: key(count, "Tokens that agents may use, those read from a cache apart."),
  usd: key(amount, "What agents may cost, in US dollars at list prices."),
  minutes: key(amount, "Minutes that it may take."),
});

const concurrency = closedMap({
  group: v.pipe(text, v.description("Name of the group; all runs of the ledger on this machine share it.")),
  limit: key(count, "How many at a time. 1 by default."),
});

const agent = closedMap({
  role: key(text, "worker by default."),
  rig: key(text, "The rig it works in."),
  agent: key(text, "The agent's name in town.yaml."),
}, { mostly: "agent" });

const env = namedMap(text, "a map of names and values");

const needs = v.union([
  stepIds,
  closedMap({
    all: key(stepIds, "All of these."),
    any: key(someStepIds, "Any of these."),
    quorum: key(count, "So many of `of`."),
    of: key(someStepIds, "Those of which `quorum` is a number."),
  }),
], expected("a list of ids, {any: […]} or {quorum: N, of: […]}", needsHint));

const actions = {
  run: key(text, "A command of the shell, which ends at its first line that fails."),
  prompt: key(text, "Work for an agent, which closes the step when it is done."),
  gate: key(gate, "Something to wait for."),
  molecule: key(
    words,
    "The name of another molecule, or its path beside this file: it runs as a part of this run.",
  ),
  convoy: key(
    v.union([
      words,
      closedMap({
        title: key(text, "Title of a new convoy."),
        beads: v.pipe(
          v.union([text, listOf(text, "ids of beads")], expected("an id, or a list of ids")),
          v.description("The beads of a new convoy: ids, or an expression that gives a list of them."),
        ),
        rig: key(text, "The rig its beads are slung to."),
        agent: key(text, "The agent that works them."),
        molecule: key(text, "The molecule they are worked by."),
      }),
    ], expected("the name of a convoy, or a map")),
    "A convoy that is launched and awaited: the name of one, or a new one.",
  ),
};

const ofActions = {
  cwd: key(text, "Of run: the folder it runs in, from the root of the repository."),
  stdin: key(text, "Of run: what it reads."),
  env: key(env, "Of run: its environment, besides that of the molecule."),
  secrets: key(
    listOf(environmentName, "names"),
    "Of run: names in the environment that it gets; their values are masked everywhere.",
  ),
  agent: key(agent, "Of prompt: who works it."),
  with: key(
    namedMap(v.union([text, v.array(scalar)], expected("text, or a list of values")), "a map of values"),
    "Of molecule: values of its variables.",
  ),
};

const modifiers = {
  needs: key(needs, "What must have succeeded first: all of a list, any of it, or a number of it."),
  always: key(flag, "Begins once its needs have ended, also when they failed or were cancelled."),
  strict: key(flag, "A need that was skipped does not count as satisfied."),
  when: key(expression, "The step is skipped when this is false."),
  matrix: key(
    namedMap(listOf(scalar, "values"), "a map of lists"),
    "Runs once for each combination of these values, as matrix.NAME; outputs are lists then.",
  ),
  for_each: key(listExpression, "Runs once for each element of this list, as item; outputs are lists then."),
  max_parallel: key(count, "Of matrix and for_each: how many at a time."),
  repeat: key(
    closedMap({
      until: v.pipe(expression, v.description("It runs again until this is true.")),
      max: v.pipe(count, v.description("How often at most; then it has failed.")),
      delay: key(duration, "How long between. None by default."),
    }),
    "Runs again after it succeeded.",
  ),
  retry: key(
    retry,
    "Is tried again after it failed; every attempt is on record, and of molecule a new nested run.",
  ),
  timeout: key(limit, "How long one attempt may take."),
  heartbeat: key(limit, "How long a command may print nothing."),
  outputs: key(
    v.union([
      listOf(v.string(), "names"),
      namedMap(text, "a map of names and values"),
    ], expected("a list of names, or a map of names and values")),
    "What later steps can read once it has succeeded: of a command, made of stdout, stderr and exit_code, which is 0; of a prompt, the names its agent gives, or a map of them with types: string, int, number, bool, list.",
  ),
  allow_failure: key(flag, "Its failure fails nothing else."),
  concurrency: key(concurrency, "At most so many steps of a group at a time."),
  cache: key(
    closedMap({
      key: v.pipe(
        text,
        v.description("What it depends on besides its command, env and paths; any text."),
      ),
      paths: key(
        listOf(text, "paths"),
        "Files and folders that it reads, from where it runs; .git and .beads in them are left out.",
      ),
    }),
    "A command that has succeeded with the same inputs in an earlier run, or step, is not run again.",
  ),
  budget: key(
    budget,
    "What it may use up in all its attempts; then it fails and is not tried again. Tokens and dollars are for a prompt.",
  ),
};

const common = {
  id: v.pipe(stepId, v.description("Its name in this molecule.")),
  title: key(text, "What it is called; its id by default."),
  description: key(text, "What it is about."),
  acceptance: key(text, "When it is finished."),
  ...actions,
  ...ofActions,
  ...modifiers,
};

/** A step of `on_failure`, `finally` or an aspect. */
export const innerStep = closedMap(common);

/** A step. */
export const step = closedMap({
  ...common,
  on_failure: key(listOf(innerStep, "steps"), "Steps that run once this one has failed."),
  aspects: key(flag, "False: no aspect matches it, whatever its pattern."),
});

const aspect = closedMap({
  match: v.pipe(
    v.union([words, listOf(words, "patterns")], expected("a pattern, or a list of them")),
    v.description("Ids of steps, with * for any text."),
  ),
  before: key(listOf(innerStep, "steps"), "Steps before each of them; {{ step.id }} is its id."),
  after: key(listOf(innerStep, "steps"), "Steps after each of them."),
});

const aName = expected("a name of a-z, 0-9 and -", nameHint(/[^a-z0-9]+/g));

/** A molecule's file. */
export const molecule = closedMap({
  molecule: v.pipe(
    v.string(aName),
    v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, aName),
    v.description("Its name, that of the file."),
  ),
  version: key(count, "1 by default."),
  description: key(words, "When to use it."),
  extends: key(
    words,
    "Name or path of a molecule whose parts this one has as well, except where it has its own.",
  ),
  include: key(
    listOf(words, "names or paths"),
    "Names or paths of molecules whose steps, variables and aspects are taken in.",
  ),
  vars: key(vars, "What it asks for: NAME: DEFAULT, or a map."),
  env: key(env, "The environment of all its commands."),
  secrets: key(listOf(environmentName, "names"), "Secrets of all its commands."),
  defaults: key(
    closedMap({
      timeout: key(limit, "Of all steps but gates and checklist items."),
      heartbeat: key(limit, "Of all commands."),
      retry: key(retry, "Of all commands."),
      cwd: key(text, "Of all commands."),
      agent: key(agent, "Of all prompts."),
    }),
    "What its steps have unless they say otherwise.",
  ),
  max_parallel: key(count, "How many steps at a time."),
  timeout: key(limit, "How long its steps may take together, on_failure and finally apart."),
  concurrency: key(concurrency, "At most so many runs of a group at a time."),
  budget: key(
    budget,
    "What its steps may use up, on_failure and finally apart: their time, and what the agents of its prompts use.",
  ),
  steps: key(
    v.array(step, expected("a list of steps", () => "; each step begins with - id: NAME")),
    "Its steps.",
  ),
  on_failure: key(listOf(innerStep, "steps"), "Steps that run once the run has failed."),
  finally: key(
    listOf(innerStep, "steps"),
    "Steps that run at the end, however it ended; {{ status }} says how.",
  ),
  outputs: key(namedMap(text, "a map of names and values"), "What a run gives to the step that runs it."),
  aspects: key(listOf(aspect, "aspects"), "Steps before or after others."),
});

/** A molecule as written. */
export type WrittenMolecule = v.InferOutput<typeof molecule>;
/** A step as written; one of `finally` has no `on_failure`. */
export type WrittenStep = v.InferOutput<typeof step>;
/** A variable as written. */
export type WrittenVariable = v.InferOutput<typeof vars>[string];
/** A retry as written. */
export type WrittenRetry = v.InferOutput<typeof retry>;
/** An agent as written. */
export type WrittenAgent = v.InferOutput<typeof agent>;
/** An aspect as written. */
export type WrittenAspect = v.InferOutput<typeof aspect>;
