import type { Json } from "../lib/json.ts";
import type { Definition, Expression, StepDefinition, Template } from "./definition.ts";
import { compileExpression, compileInsertion, type Read } from "./expressions/compile.ts";
import { asText } from "./expressions/values.ts";
import { evaluate, evaluateTemplate, ExpressionError, holds, type Scope } from "./expressions/evaluate.ts";
import { templateParts } from "./expressions/template_text.ts";
import { stepGraph } from "./step_graph.ts";

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
  /** The most that can run at one time, fan-outs counted as often as they run. */
  maxParallel: number;
  /** The longest chain of steps that wait for each other; `atMost` is the sum of their timeouts in ms, if all have one. */
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
  const ceiling = definition.maxParallel ?? Infinity;
  return {
    molecule: name,
    version,
    hash,
    vars: values,
    steps,
    waves: waves.map((wave) => wave.map(({ id }) => id)),
    maxParallel: Math.min(ceiling, Math.max(0, ...waves.map((wave) => widthOf(wave, definition)))),
    criticalPath: criticalPath(definition.steps, main),
  };
}

function plannedList(
  steps: readonly StepDefinition[],
  { list, scope }: { list: PlannedStep["list"]; scope: Scope },
): PlannedStep[] {
  const { order, waves } = stepGraph(steps);
  return order.map((position) => plannedStep(steps[position]!, { list, scope, wave: waves[position]! }));
}

function plannedStep(
  step: StepDefinition,
  { list, scope, wave }: { list: PlannedStep["list"]; scope: Scope; wave: number },
): PlannedStep {
  const { id, action, title, needs, when } = step;
  // A step of a matrix is shown as it is written: its rows differ.
  const known = { scope, roots: new Set(["vars"]) };
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
    ...(times === undefined ? {} : { times }),
    does: doesOf(step, known),
  };
}

/** `false && …` is false whatever else there is, so a condition may be known although not all of it is. */
function fateOf(when: Expression, { scope }: Known): PlannedStep["fate"] {
  try {
    return holds(when, scope) ? "run" : "skip";
  } catch (error) {
    if (error instanceof ExpressionError) return "unknown";
    throw error;
  }
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
  const list = evaluate(forEach, known.scope);
  return Array.isArray(list) ? list.length : undefined;
}

/** The text with what is known put in. */
function filledKnown({ text, places }: Template, known: Known): string {
  let index = 0;
  return templateParts(text).map((part) => {
    if ("text" in part) return part.text;
    const place = places?.[index++];
    const written = `{{ ${part.source} }}`;
    if (!isKnown(compileInsertion(part.source).reads, known)) return written;
    return asText(evaluateTemplate({ text: written, ...(place ? { places: [place] } : {}) }, known.scope));
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

function widthOf(wave: readonly PlannedStep[], { steps }: Definition): number {
  const limits = new Map(steps.map(({ id, maxParallel }) => [id, maxParallel ?? Infinity]));
  return wave.reduce((width, { id, times = 1 }) => width + Math.min(times, limits.get(id)!), 0);
}

/** The longest chain, one step counting as one: how long each takes is not known. */
function criticalPath(
  steps: readonly StepDefinition[],
  planned: readonly PlannedStep[],
): MoleculePlan["criticalPath"] {
  const skipped = new Set(planned.flatMap(({ id, fate }) => fate === "skip" ? [id] : []));
  const { order, before } = stepGraph(steps);
  const length: number[] = [];
  const from: number[] = [];
  let last = -1;
  for (const position of order) {
    const longest = before[position]!.reduce(
      (best, need) => length[need]! > (length[best] ?? 0) ? need : best,
      -1,
    );
    from[position] = longest;
    length[position] = (length[longest] ?? 0) + (skipped.has(steps[position]!.id) ? 0 : 1);
    if (last < 0 || length[position]! > length[last]!) last = position;
  }
  const way: StepDefinition[] = [];
  for (let at = last; at >= 0; at = from[at]!) way.unshift(steps[at]!);
  const run = way.filter(({ id }) => !skipped.has(id));
  const times = run.map(({ timeout, retry, repeat }) =>
    (timeout ?? NaN) * retry.attempts * (repeat?.max ?? 1)
  );
  const atMost = times.reduce((sum, time) => sum + time, 0);
  return { steps: run.map(({ id }) => id), ...(Number.isNaN(atMost) ? {} : { atMost }) };
}
