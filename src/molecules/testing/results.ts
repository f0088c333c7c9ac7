import type { Json } from "../../lib/json.ts";
import { variableProblem } from "../variable_value.ts";
import type { Definition, StepDefinition } from "../definition.ts";
import { child, entriesOf, type Field, itemsOf, keyPlaceOf } from "../language/field.ts";
import { suggestion } from "../language/problem.ts";
import type { OpenRun } from "../engine/journal/run_log.ts";
import type { StepAt } from "../engine/journal/step_at.ts";
import { recordAt } from "../machine/step_list.ts";
import { stepNumber } from "../machine/step_number.ts";
import { outputNames } from "../step_outputs.ts";
import type { Complain } from "./complain.ts";
import { REASONS } from "./default_reason.ts";
import type { WrittenGiven, WrittenResult } from "./schema.ts";

type WrittenSteps = NonNullable<WrittenGiven["steps"]>;

/** How the steps of a case end. */
export interface CaseResults {
  /** How an attempt ends; undefined where nothing is said about its step. */
  of(step: StepAt): WrittenResult | undefined;
  /** Says which elements of fan-outs were named that there never were. */
  check(open: OpenRun): void;
}

/** The steps of all parts of a molecule. */
export function allSteps({ steps, onFailure, finally: last }: Definition): StepDefinition[] {
  return [...steps, ...onFailure, ...last];
}

/** Reads how steps end; undefined when one of them cannot end so, which is said. */
export function readResults(
  definition: Definition,
  { written, complain }: { written: Field<WrittenSteps> | undefined; complain: Complain },
): CaseResults | undefined {
  const entries = entriesOf(written);
  let isSound = true;
  const refuse: Complain = (place, message) => {
    complain(place, message);
    isSound = false;
  };
  for (const [name, field] of entries) {
    const step = namedStep(definition, name);
    if (typeof step === "string") refuse(keyPlaceOf(field), step);
    else checkResults(step, { field, refuse });
  }
  if (!isSound) return undefined;
  const results = new Map(entries.map(([name, { value }]) => [name, value]));
  return {
    of: ({ id, definition: { id: whole }, attempt }) => {
      const result = results.get(id) ?? results.get(whole);
      if (!Array.isArray(result)) return result as WrittenResult | undefined;
      return result[Math.min(attempt, result.length) - 1];
    },
    check: (open) => {
      for (const [name, field] of entries) {
        const problem = missingElement(open, name);
        if (problem !== undefined) complain(keyPlaceOf(field), problem);
      }
    },
  };
}

const ELEMENT = /^(.*)\[(\d+)\]$/s;

/** The step that a name is for, `build[0]` for an element of a fan-out; else why there is none. */
function namedStep(definition: Definition, name: string): StepDefinition | string {
  const steps = allSteps(definition);
  const [, whole] = ELEMENT.exec(name) ?? [];
  const step = steps.find(({ id }) => id === (whole ?? name));
  if (!step) return unknownStep(name, steps);
  const isFanOut = step.matrix !== undefined || step.forEach !== undefined;
  return whole === undefined || isFanOut ? step : `"${whole}" is no fan-out: it has no elements`;
}

/** Why an element of a fan-out is not there, once the fan-out is spread. */
function missingElement({ rules, run }: OpenRun, name: string): string | undefined {
  const [, whole, number] = ELEMENT.exec(name) ?? [];
  const index = whole === undefined ? undefined : stepNumber(rules, { steps: run.steps, step: whole });
  const count = index === undefined ? undefined : recordAt(run.steps, index).count;
  if (count === undefined || Number(number) < count) return undefined;
  return `there is no "${name}": "${whole}" has ${count} ${count === 1 ? "element" : "elements"}`;
}

/** Why a name is that of no step of a run. */
export function notThere(
  open: OpenRun,
  { name, definition }: { name: string; definition: Definition },
): string {
  const step = namedStep(definition, name);
  if (typeof step === "string") return step;
  return missingElement(open, name) ?? `there is no "${name}": "${step.id}" was never spread`;
}

function unknownStep(name: string, steps: readonly StepDefinition[]): string {
  return `there is no step "${name}"${suggestion(name, steps.map(({ id }) => id))}`;
}

function checkResults(
  step: StepDefinition,
  { field, refuse }: { field: Field<WrittenSteps[string]>; refuse: Complain },
): void {
  const all = field.node.kind === "list"
    ? itemsOf(field as Field<readonly WrittenResult[]>)
    : [field as Field<WrittenResult>];
  for (const result of all) {
    const wrong = kindProblem(step, result) ?? reasonProblem(step, result) ?? contradiction(step, result);
    if (wrong) refuse(keyPlaceOf(wrong.at), wrong.message);
  }
}

/** What is wrong with a result, and with which of its keys. */
interface Wrong {
  at: Field<unknown>;
  message: string;
}

const OF_COMMANDS = ["exit", "stdout", "stderr"] as const;

function kindProblem(step: StepDefinition, result: Field<WrittenResult>): Wrong | undefined {
  const { id, action } = step;
  const outputs = child(result, "outputs");
  if (action.kind === "run") {
    const message = `"${id}" is a command: its outputs are made of what it prints; give "stdout"`;
    return outputs && { at: outputs, message };
  }
  for (const key of OF_COMMANDS) {
    const at = child(result, key);
    if (at) return { at, message: `"${id}" is no command: "${key}" means nothing for it` };
  }
  const known = outputNames(step);
  for (const [name, at] of entriesOf(outputs)) {
    if (!known.includes(name)) {
      return { at, message: `"${id}" has no output "${name}"${suggestion(name, known)}` };
    }
    const type = step.outputs.find((output) => output.name === name)?.type;
    const problem = type && variableProblem({ name, type, required: true }, at.value as Json);
    if (problem) return { at, message: `"${id}" gives ${name}: ${problem}` };
  }
  return undefined;
}

function reasonProblem({ id, action }: StepDefinition, result: Field<WrittenResult>): Wrong | undefined {
  const at = child(result, "fails");
  const isDecided = action.kind === "gate" && action.gate.condition.type === "human";
  const known = REASONS[action.kind].filter((reason) => reason !== "rejected" || isDecided);
  if (!at || known.includes(at.value)) return undefined;
  const what = action.kind === "gate" ? `gate of type ${action.gate.condition.type}` : NAMES[action.kind];
  return { at, message: `"${id}" is a ${what}: it fails for one of ${known.join(", ")}` };
}

const NAMES = {
  run: "command",
  prompt: "prompt",
  molecule: "molecule",
  convoy: "convoy",
  checklist: "checklist item",
} as const;

/** What cannot be together. */
function contradiction({ id }: StepDefinition, result: Field<WrittenResult>): Wrong | undefined {
  const { waits, fails, exit } = result.value;
  const [other] = entriesOf(result as Field<{ [name: string]: unknown }>).filter(([key]) => key !== "waits");
  if (waits && other) {
    return {
      at: other[1],
      message: `"${id}" waits, and never ends by itself: "${other[0]}" means nothing then`,
    };
  }
  const [code, outputs, reason] = [child(result, "exit"), child(result, "outputs"), child(result, "reason")];
  if (code && fails !== undefined && (fails !== "exit" || exit === 0)) {
    return { at: code, message: `"${id}" fails for the reason ${fails}: it has no exit code ${exit} then` };
  }
  const hasFailed = fails !== undefined || exit !== undefined && exit !== 0;
  if (hasFailed && outputs) return { at: outputs, message: `"${id}" fails: it has no outputs then` };
  if (!hasFailed && reason) {
    return { at: reason, message: `"${id}" succeeds: it has no reason; give "fails"` };
  }
  return undefined;
}
