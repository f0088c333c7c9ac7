import { formatDuration } from "../lib/duration.ts";
import type { Json } from "../lib/json.ts";
import type { Definition, Expression, StepDefinition, Template } from "./definition.ts";
import { compileExpression, compileInsertion, type Read } from "./expressions/compile.ts";
import { asText } from "./expressions/values.ts";
import { evaluate, evaluateTemplate, ExpressionError, holds, type Scope } from "./expressions/evaluate.ts";
import { templateParts } from "./expressions/template_text.ts";
import { retryDelay } from "./machine/retry_delay.ts";
import { mostAtOnce, stepGraph } from "./step_graph.ts";

/** What a step will do, as far as that is known before it runs. */
export interface PlannedStep {
  id: string;
  kind: StepDefinition["action"]["kind"];
  title: string;
  /** The list it stands in. */
  list: "steps" | "on_failure" | "finally";
  /** One more than that of the last step it waits for; waves of `finally` begin anew. */
  wave: number;
  needs: readonly string[];
  /** `run`, `skip`, or `unknown` where its condition reads what only a run tells. */
  fate: "run" | "skip" | "unknown";
  /** Its condition, where it has one. */
  when?: string;
  /** The step after whose failure it runs, and else is skipped. */
  onFailureOf?: string;
  /** The step without which it is skipped, where that is what skips it. */
  without?: string;
  /** How many times it runs, of a fan-out; absent where only a run tells. */
  times?: number;
  /** What it runs, asks or waits for, with the values that are known. */
  does: string;
}

/** What a run would do with these values. */
export interface MoleculePlan {
  molecule: string;
  version: number;
  hash: string;
  vars: Readonly<Record<string, Json>>;
  /** In an order in which they could run. */
  steps: readonly PlannedStep[];
  /** Ids of the steps of each wave, those that are skipped left out. */
  waves: readonly (readonly string[])[];
  /**
   * The most that can be at work at one time, fan-outs counted as often as they run, and steps of a group as far as it has
   * places; absent where only a run tells.
   */
  maxParallel?: number;
  /**
   * The chain of steps that wait for each other that can take longest, `on_failure` apart, with all their attempts and
   * pauses, `atMost` in ms; where not every step has a limit, the one of the most steps.
   */
  criticalPath: { steps: readonly string[]; atMost?: number };
}

/** Plans a run without running anything: what is only known then stays as it is written. */
export function planMolecule(
  definition: Definition,
  { values }: { values: Readonly<Record<string, Json>> },
): MoleculePlan {
  const { name, version, hash } = definition;
  const types = Object.fromEntries(definition.vars.map((variable) => [variable.name, variable.type]));
  const scope: Scope = { vars: values, types };
  const main = plannedList(definition.steps, { list: "steps", scope });
  const steps = [
    ...main,
    ...plannedList(definition.onFailure, { list: "on_failure", scope }),
    ...plannedList(definition.finally, { list: "finally", scope }),
  ];
  const waves = wavesOf(main);
  const maxParallel = widthOf(definition, { planned: main, known: { scope, roots: KNOWN } });
  return {
    molecule: name,
    version,
    hash,
    vars: values,
    steps,
    waves: waves.map((wave) => wave.map(({ id }) => id)),
    ...(maxParallel === undefined ? {} : { maxParallel }),
    criticalPath: criticalPath(definition.steps, main),
  };
}

/** What expressions may read that can be worked out before a run. */
const KNOWN: ReadonlySet<string> = new Set(["vars"]);

function plannedList(
  steps: readonly StepDefinition[],
  { list, scope }: { list: PlannedStep["list"]; scope: Scope },
): PlannedStep[] {
  const { order, waves } = stepGraph(steps);
  const skipped = new Set<string>();
  return order.map((position) => {
    const step = steps[position]!;
    const planned = plannedStep(step, { list, scope, wave: waves[position]! });
    const without = planned.fate === "skip" ? undefined : missing(step, skipped);
    if (planned.fate === "skip" || without !== undefined) skipped.add(step.id);
    return without === undefined ? planned : { ...planned, fate: "skip", without };
  });
}

/** What a step waits for in vain: only a strict one does not go on where a need was skipped. */
function missing(
  { strict, always, needs }: StepDefinition,
  skipped: ReadonlySet<string>,
): string | undefined {
  if (!strict || always) return undefined;
  const lost = needs.of.filter((id) => skipped.has(id));
  const enough = needs.mode === "all" ? needs.of.length : needs.mode === "any" ? 1 : needs.count;
  return needs.of.length - lost.length < enough ? lost[0] : undefined;
}

function plannedStep(
  step: StepDefinition,
  { list, scope, wave }: { list: PlannedStep["list"]; scope: Scope; wave: number },
): PlannedStep {
  const { id, action, title, needs, when, onFailureOf } = step;
  // A step of a matrix is shown as it is written: its rows differ.
  const known = { scope, roots: KNOWN };
  const fate = when ? fateOf(when, known) : "run";
  const times = timesOf(step, known);
  return {
    id,
    kind: action.kind,
    title: filledKnown(title, known),
    list,
    wave,
    needs: needs.of,
    fate,
    ...(when ? { when: when.source } : {}),
    ...(onFailureOf === undefined ? {} : { onFailureOf }),
    ...(times === undefined ? {} : { times }),
    does: doesOf(step, known),
  };
}

/** `false && …` is false whatever else there is, so a condition may be known although not all of it is. */
function fateOf(when: Expression, { scope }: Known): PlannedStep["fate"] {
  const isTrue = unlessWrong(() => holds(when, scope));
  return isTrue === undefined ? "unknown" : isTrue ? "run" : "skip";
}

interface Known {
  scope: Scope;
  roots: ReadonlySet<string>;
}

function isKnown(reads: readonly Read[], { roots }: Known): boolean {
  return reads.every(({ path }) => roots.has(path[0]!));
}

function timesOf({ matrix, forEach }: StepDefinition, known: Known): number | undefined {
  if (matrix) return matrix.length;
  if (!forEach) return 1;
  if (!isKnown(compileExpression(forEach.source).reads, known)) return undefined;
  const list = unlessWrong(() => evaluate(forEach, known.scope));
  return Array.isArray(list) ? list.length : undefined;
}

/** What fails with these values stays as it is written: a plan says what a run would do, and a run says why it fails. */
function unlessWrong<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** The text with what is known put in. */
function filledKnown({ text, places }: Template, known: Known): string {
  let index = 0;
  return templateParts(text).map((part) => {
    if ("text" in part) return part.text;
    const place = places?.[index++];
    const written = `{{ ${part.source} }}`;
    if (!isKnown(compileInsertion(part.source).reads, known)) return written;
    const template = { text: written, ...(place ? { places: [place] } : {}) };
    const value = unlessWrong(() => evaluateTemplate(template, known.scope));
    return value === undefined ? written : asText(value);
  }).join("").trimEnd();
}

function doesOf({ action }: StepDefinition, known: Known): string {
  const filled = (template: Template) => filledKnown(template, known);
  switch (action.kind) {
    case "run":
      return filled(action.command);
    case "prompt":
      return filled(action.prompt);
    case "gate":
      return gateText(action.gate.condition, filled);
    case "molecule": {
      const values = Object.entries(action.with).map(([name, value]) => `${name}=${filled(value)}`);
      return [action.molecule, ...values].join(" ");
    }
    case "convoy": {
      const { name, title, beads } = action.convoy;
      return name ? filled(name) : [title ? filled(title) : "", ...beads.map(filled)].join(" ").trim();
    }
    case "checklist":
      return "";
  }
}

type Condition = Extract<StepDefinition["action"], { kind: "gate" }>["gate"]["condition"];

/** What a gate waits for, in words. */
function gateText(condition: Condition, filled: (template: Template) => string): string {
  const words = Object.entries(condition).flatMap(([key, value]) => {
    if (key === "type" || key === "factor" || key === "every" || key === "maxEvery") return [];
    if (Array.isArray(value)) {
      return value.length === 0 ? [] : [value.map((each) => filled(each as Template)).join(", ")];
    }
    if (key === "for") return [formatDuration(value as number)];
    return [typeof value === "object" && value !== null ? filled(value as Template) : String(value)];
  });
  return [condition.type, ...words].join(" ");
}

function wavesOf(steps: readonly PlannedStep[]): PlannedStep[][] {
  const waves: PlannedStep[][] = [];
  for (const step of steps) {
    if (step.fate === "skip") continue;
    (waves[step.wave] ??= []).push(step);
  }
  return waves.filter((wave) => wave !== undefined);
}

/** The most steps that can be at work at one time; undefined where that depends on what only a run tells. */
function widthOf(
  { steps, maxParallel: most = Infinity }: Definition,
  { planned, known }: { planned: readonly PlannedStep[]; known: Known },
): number | undefined {
  const byId = new Map(planned.map((step) => [step.id, step]));
  const groups = steps.map((step) => knownGroup(step, known));
  const weights = steps.map(({ id, maxParallel = Infinity }, at) => {
    const { fate, times = Infinity } = byId.get(id)!;
    return fate === "skip" ? 0 : Math.min(times, maxParallel, groups[at]?.limit ?? Infinity, most);
  });
  if (weights.includes(Infinity)) return undefined;
  const graph = stepGraph(steps);
  // Where a group has fewer places than steps, which of them are at work is open: its places count beside all else.
  const places = fullGroups(groups, weights);
  const isBounded = (group: { name: string } | undefined) => group !== undefined && places.has(group.name);
  const others = weights.map((weight, at) => isBounded(groups[at]) ? 0 : weight);
  const beside = [...places.values()].reduce((sum, limit) => sum + limit, 0);
  const all = mostAtOnce(graph, weights);
  return Math.min(most, places.size === 0 ? all : Math.min(all, beside + mostAtOnce(graph, others)));
}

/** The group of a step and its places, where its name is known before a run. */
function knownGroup(
  { concurrency }: StepDefinition,
  known: Known,
): { name: string; limit: number } | undefined {
  if (!concurrency) return undefined;
  const { group, limit } = concurrency;
  const isNamed = templateParts(group.text).every((part) =>
    "text" in part || isKnown(compileInsertion(part.source).reads, known)
  );
  return isNamed ? { name: filledKnown(group, known).trim(), limit } : undefined;
}

/** The places of groups that have fewer of them than there are steps that need one, by name. */
function fullGroups(
  groups: readonly ReturnType<typeof knownGroup>[],
  weights: readonly number[],
): Map<string, number> {
  const asked = new Map<string, { limit: number; weight: number }>();
  for (const [at, group] of groups.entries()) {
    if (!group) continue;
    const { limit, weight } = asked.get(group.name) ?? { limit: 0, weight: 0 };
    asked.set(group.name, { limit: Math.max(limit, group.limit), weight: weight + weights[at]! });
  }
  return new Map(
    [...asked].flatMap(([name, { limit, weight }]) => weight > limit ? [[name, limit]] : []),
  );
}

/** The chain that can take longest, or that of the most steps where it is not known how long each can take. */
function criticalPath(
  steps: readonly StepDefinition[],
  planned: readonly PlannedStep[],
): MoleculePlan["criticalPath"] {
  const known = new Map(planned.map((step) => [step.id, step]));
  // What runs only after a failure is no part of how long it takes when all goes well.
  const isSkipped = ({ id, onFailureOf }: StepDefinition) =>
    onFailureOf !== undefined || known.get(id)!.fate === "skip";
  const limits = steps.map((step) => isSkipped(step) ? 0 : limitOf(step, known.get(step.id)!));
  const isLimited = limits.every((limit) => limit !== undefined);
  const { order, before } = stepGraph(steps);
  const length: number[] = [];
  const from: number[] = [];
  let last = -1;
  for (const position of order) {
    const longest = before[position]!.reduce(
      (best, need) => length[need]! > (length[best] ?? -1) ? need : best,
      -1,
    );
    from[position] = longest;
    const own = isLimited ? limits[position]! : isSkipped(steps[position]!) ? 0 : 1;
    length[position] = (length[longest] ?? 0) + own;
    if (last < 0 || length[position]! > length[last]!) last = position;
  }
  const way: StepDefinition[] = [];
  for (let at = last; at >= 0; at = from[at]!) way.unshift(steps[at]!);
  const run = way.filter((step) => !isSkipped(step)).map(({ id }) => id);
  return { steps: run, ...(isLimited && run.length > 0 ? { atMost: length[last]! } : {}) };
}

/** How long a step can take, in ms: all attempts and rounds with the pauses between, and a fan-out in turns. */
function limitOf(step: StepDefinition, { times }: PlannedStep): number | undefined {
  const { timeout, retry, repeat, maxParallel = Infinity, budget } = step;
  const capped = budget?.minutes === undefined ? Infinity : budget.minutes * 60_000;
  let once = timeout === undefined ? Infinity : timeout * retry.attempts;
  for (let tries = 1; tries < retry.attempts && once < capped; tries++) {
    once += retryDelay(retry, tries);
  }
  const rounds = repeat ? once * repeat.max + (repeat.delay ?? 0) * (repeat.max - 1) : once;
  const turns = times === undefined
    ? maxParallel === Infinity ? 1 : Infinity
    : Math.ceil(times / maxParallel);
  const all = Math.min(rounds, capped) * (maxParallel === Infinity ? 1 : turns);
  return Number.isFinite(all) ? all : undefined;
}
