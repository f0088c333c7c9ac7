import { isDeepStrictEqual } from "node:util";
import { formatDuration, parseDuration } from "../../lib/duration.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { child, entriesOf, type Field, itemsOf, keyPlaceOf, placeOf } from "../language/field.ts";
import { wrongExpression } from "../engine/steps/outputs.ts";
import { hasEnded, type Reason, type StepRecord } from "../machine/run.ts";
import { scopeOf } from "../engine/journal/scope.ts";
import { recordAt } from "../machine/step_list.ts";
import { stepNumber } from "../machine/step_number.ts";
import type { Played } from "./play.ts";
import type { Complain } from "./complain.ts";
import { notThere } from "./results.ts";
import type { ExpectedStep, WrittenCase } from "./schema.ts";

type Expected = WrittenCase["expect"];

/** Says where a run went another way than a case expects. */
export function judge(
  played: Played,
  { expect, complain }: { expect: Field<Expected>; complain: Complain },
): void {
  const { run } = played.open;
  const { value } = expect;
  const check = (key: keyof Expected & string, problem: string | undefined) => {
    if (problem !== undefined) complain(placeOf(child(expect, key)!), `${key}: ${problem}`);
  };
  const status = hasEnded(run) ? run.status : "running";
  if (value.status !== undefined && value.status !== status) {
    check("status", `expected ${value.status}, found ${status}${because(run.reason)}`);
  }
  if (value.reason !== undefined) check("reason", reasonProblem(value.reason, run.reason));
  if (value.took !== undefined) {
    const took = played.now - played.setting.at;
    if (parseDuration(value.took) !== took) {
      check("took", `expected ${value.took}, found ${formatDuration(took)}`);
    }
  }
  for (const [name, step] of entriesOf(child(expect, "steps"))) {
    judgeStep(played, { name, step: step as Field<string | ExpectedStep>, complain });
  }
  judgeOrder(played, { order: child(expect, "order"), complain });
  judgeOutputs({ outputs: child(expect, "outputs"), given: () => outputsOf(played), complain });
}

function because(reason: Reason | undefined): string {
  return reason === undefined ? "" : `: ${reason.text}`;
}

function reasonProblem(wanted: string, reason: Reason | undefined): string | undefined {
  if (reason?.text.includes(wanted)) return undefined;
  return `expected a reason with "${wanted}", found ${reason === undefined ? "none" : `"${reason.text}"`}`;
}

function judgeStep(
  played: Played,
  { name, step, complain }: { name: string; step: Field<string | ExpectedStep>; complain: Complain },
): void {
  const { open, texts, setting } = played;
  const { rules, run } = open;
  const index = stepNumber(rules, { steps: run.steps, step: name });
  if (index === undefined) {
    complain(keyPlaceOf(step), notThere(open, { name, definition: setting.definition }));
    return;
  }
  const record = recordAt(run.steps, index);
  if (typeof step.value === "string") {
    const problem = statusProblem(step.value, record);
    if (problem !== undefined) complain(placeOf(step), `"${name}": ${problem}`);
    return;
  }
  const map = step as Field<ExpectedStep>;
  const check = (key: keyof ExpectedStep & string, problem: string | undefined) => {
    if (problem !== undefined) complain(placeOf(child(map, key)!), `"${name}": ${key}: ${problem}`);
  };
  const { status, attempts, items, reason, text, began } = map.value;
  if (status !== undefined) check("status", statusProblem(status, record));
  if (attempts !== undefined) check("attempts", differs(attempts, record.attempt));
  if (items !== undefined) check("items", differs(items, record.count));
  if (reason !== undefined) check("reason", reasonProblem(reason, record.reason));
  if (text !== undefined) check("text", differs(String(text).trimEnd(), texts.get(name)?.trimEnd()));
  if (began !== undefined) check("began", beganProblem(began, { record, played }));
  const outputs = child(map, "outputs");
  judgeOutputs({ outputs, given: () => record.outputs ?? {}, complain, name });
}

function statusProblem(wanted: string, { status, reason }: StepRecord): string | undefined {
  const found = status === "ready" || status === "retrying" ? "waiting" : status;
  return wanted === found ? undefined : `expected ${wanted}, found ${found}${because(reason)}`;
}

function differs(wanted: Json, found: Json | undefined): string | undefined {
  return isDeepStrictEqual(wanted, found)
    ? undefined
    : `expected ${shownJson(wanted)}, found ${shownJson(found)}`;
}

function beganProblem(
  wanted: string,
  { record, played }: { record: StepRecord; played: Played },
): string | undefined {
  const found = record.startedAt === undefined
    ? undefined
    : formatDuration(record.startedAt - played.setting.at);
  return found !== undefined && parseDuration(found) === parseDuration(wanted)
    ? undefined
    : `expected it to begin after ${wanted}, found ${found ?? "that it never did"}`;
}

/** Each is looked for behind the one before it. */
function judgeOrder(
  { begun, open, setting: { definition } }: Played,
  { order, complain }: { order: Field<readonly string[]> | undefined; complain: Complain },
): void {
  const isThere = (name: string) =>
    stepNumber(open.rules, { steps: open.run.steps, step: name }) !== undefined;
  const items = itemsOf(order);
  const unknown = items.filter(({ value }) => !isThere(value));
  for (const item of unknown) {
    complain(placeOf(item), `order: ${notThere(open, { name: item.value, definition })}`);
  }
  if (unknown.length > 0) return;
  let at = -1;
  for (const item of items) {
    const next = begun.indexOf(item.value, at + 1);
    if (next < 0) {
      const found = begun.length === 0 ? "none" : begun.slice(0, 30).join(", ");
      complain(placeOf(item), `order: "${item.value}" did not begin there; begun were ${found}`);
      return;
    }
    at = next;
  }
}

function judgeOutputs(options: {
  outputs: Field<{ [name: string]: unknown }> | undefined;
  given: () => JsonObject | string;
  complain: Complain;
  name?: string;
}): void {
  const { outputs, given, complain, name } = options;
  if (!outputs) return;
  const found = given();
  const before = name === undefined ? "outputs" : `"${name}": outputs`;
  if (typeof found === "string") {
    complain(placeOf(outputs), `${before}: ${found}`);
    return;
  }
  for (const [key, field] of entriesOf(outputs)) {
    const problem = differs(field.value as Json, Object.hasOwn(found, key) ? found[key] : undefined);
    if (problem !== undefined) complain(placeOf(field), `${before}.${key}: ${problem}`);
  }
}

/** What the molecule gives as a whole; why that cannot be said, otherwise. */
function outputsOf({ open, setting, now }: Played): JsonObject | string {
  const { language, definition, bead } = setting;
  const scope = { ...scopeOf(open, { now }), bead };
  try {
    return Object.fromEntries(
      definition.outputs.flatMap(({ name, value }) =>
        value ? [[name, language.evaluateTemplate(value, scope)]] : []
      ),
    );
  } catch (error) {
    return wrongExpression(error).reason.text;
  }
}

/** A value as somebody would write it. */
function shownJson(value: Json | undefined): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
