import { present } from "../../lib/present.ts";
import type { MatrixRow, Needs, OutputDefinition, StepDefinition, VariableType } from "../definition.ts";
import type { DraftStep, StepList } from "./draft.ts";
import { checkNumber, child, entriesOf, type Field, itemsOf, keyPlaceOf, placeOf, textOf } from "./field.ts";
import { checkPlain } from "./plain_braces.ts";
import { checkEscalation } from "./read_gate.ts";
import { checkPlacement, type Kind, kindOf, readAction } from "./read_action.ts";
import { durationOf, NO_RETRY, readBounds, readRetry } from "./read_defaults.ts";
import { joined } from "./rewrite.ts";
import type { WrittenStep } from "./schema.ts";
import { createUses, type Uses } from "./uses.ts";
import { VARIABLE_TYPES } from "../variable_value.ts";

/** What most steps have none of: shared by all of them, since a molecule may have ten thousand. */
const NONE: readonly never[] = Object.freeze([]);
const NO_NAMES: Readonly<Record<string, never>> = Object.freeze({});
const NO_NEEDS: Needs = Object.freeze({ mode: "all", of: NONE });

/** The steps of a list, those of their `on_failure` behind them; without the defaults of their molecule. */
export function readSteps(
  field: Field<readonly WrittenStep[]> | undefined,
  list: StepList,
): DraftStep[] {
  if (!field) return [];
  const steps = itemsOf(field);
  return [
    ...steps.map((step) => readStep(step, list)),
    ...steps.flatMap((step) =>
      itemsOf(child(step, "on_failure")).map((handler) =>
        afterFailure(readStep(handler as Field<WrittenStep>, list), step)
      )
    ),
  ];
}

/** A step that waits for another one, and is skipped unless that has failed. */
function afterFailure(handler: DraftStep, failing: Field<WrittenStep>): DraftStep {
  const { id } = failing.value;
  const { step } = handler;
  const place = placeOf(child(failing, "id")!);
  const failed = `steps["${id}"].status == "failed"`;
  return {
    ...handler,
    handles: id,
    needs: [...handler.needs, { id, place }],
    step: {
      ...step,
      needs: { mode: "all", of: [...new Set([...step.needs.of, id])] },
      always: true,
      onFailureOf: id,
      // An expression that is wrong is found where it was written; this one is made of it.
      when: step.when ? joined([`${failed} && (`, step.when, ")"]) : { source: failed },
    },
  };
}

function readStep(field: Field<WrittenStep>, list: StepList): DraftStep {
  const uses = createUses();
  const kind = kindOf(field);
  checkPlacement(field, kind);
  const { action, nested } = readAction(field, { kind, uses });
  const { needs, places } = readNeeds(field);
  const id = child(field, "id")!;
  const step: StepDefinition = {
    id: id.value,
    title: uses.text(child(field, "title"), { key: "title", trim: true }) ?? { text: id.value },
    ...present({
      description: uses.text(child(field, "description"), { key: "description", trim: true }),
      acceptance: uses.text(child(field, "acceptance"), { key: "acceptance", trim: true }),
    }),
    action,
    needs,
    always: field.value.always ?? false,
    strict: field.value.strict ?? false,
    ...readFlow(field, uses),
    ...readLimits(field),
    outputs: readOutputs(child(field, "outputs"), { uses, kind }),
    env: child(field, "env") ? uses.map(child(field, "env"), { key: "env" }) : NO_NAMES,
    secrets: field.value.secrets ? [...new Set(field.value.secrets)] : NONE,
    allowFailure: field.value.allow_failure ?? false,
    ...readCache(field, uses),
    ...readBounds(field, uses),
    place: placeOf(field),
  };
  return {
    step,
    list,
    idPlace: placeOf(id),
    needs: places,
    uses: uses.list,
    ...present({ nested, apart: field.value.aspects === false ? true as const : undefined }),
  };
}

/** When a step runs, and how often. */
function readFlow(field: Field<WrittenStep>, uses: Uses) {
  const [when, forEach, repeat] = [child(field, "when"), child(field, "for_each"), child(field, "repeat")];
  return present({
    when: when && uses.expression(when, { key: "when", use: "condition" }),
    matrix: readMatrix(field),
    forEach: forEach && uses.expression(forEach, { key: "for_each", use: "list" }),
    maxParallel: field.value.max_parallel,
    repeat: repeat && {
      until: uses.expression(child(repeat, "until")!, { key: "until", use: "until" }),
      max: repeat.value.max,
      delay: durationOf(repeat.value.delay) ?? 0,
    },
  });
}

function readLimits(field: Field<WrittenStep>) {
  const { value } = field;
  const ofGate = durationOf(value.gate?.timeout);
  if (ofGate !== undefined && value.timeout !== undefined) {
    const message = '"timeout" stands in the gate already';
    field.file.report.error(keyPlaceOf(child(field, "timeout")!), { rule: "misplaced-key", message });
  }
  const timeout = durationOf(value.timeout) ?? ofGate;
  if (value.gate && timeout !== undefined) checkEscalation(child(field, "gate")!, timeout);
  return {
    retry: value.retry ? readRetry(value.retry) : NO_RETRY,
    ...present({ timeout, heartbeat: durationOf(value.heartbeat) }),
  };
}

function readNeeds(field: Field<WrittenStep>): { needs: Needs; places: DraftStep["needs"] } {
  const needs = child(field, "needs");
  if (!needs) return { needs: NO_NEEDS, places: NONE };
  const ids = (list: Field<readonly string[]> | undefined) =>
    itemsOf(list).map((item) => ({ id: textOf(item), place: placeOf(item) }));
  const named = (places: DraftStep["needs"]) => [...new Set(places.map(({ id }) => id))];
  if (needs.node.kind === "list") {
    const places = ids(needs as Field<readonly string[]>);
    return { needs: { mode: "all", of: named(places) }, places };
  }
  const map = needs as Field<Exclude<typeof needs.value, readonly string[]>>;
  const { all, any, quorum, of } = map.value;
  const forms = [all, any, quorum ?? of].filter((form) => form !== undefined).length;
  if (forms !== 1 || (quorum === undefined) !== (of === undefined)) {
    const message = "needs: expected {all: […]}, {any: […]} or {quorum: N, of: […]}";
    field.file.report.error(placeOf(needs), { rule: "value", message });
    return { needs: NO_NEEDS, places: NONE };
  }
  const places = ids(child(map, "all") ?? child(map, "any") ?? child(map, "of"));
  if (all) return { needs: { mode: "all", of: named(places) }, places };
  if (any) return { needs: { mode: "any", of: named(places) }, places };
  return { needs: { mode: "quorum", count: quorum ?? 1, of: named(places) }, places };
}

/** More rows than this are a mistake. */
const MOST_ROWS = 1_000;

function readMatrix(field: Field<WrittenStep>): MatrixRow[] | undefined {
  const matrix = child(field, "matrix");
  if (!matrix) return undefined;
  let rows: MatrixRow[] = [{}];
  const axes = entriesOf(matrix);
  if (axes.length === 0 && matrix.node.kind === "map" && !matrix.node.cut) {
    const message = "matrix: expected a map of lists, found an empty map";
    field.file.report.error(placeOf(matrix), { rule: "value", message });
  }
  for (const [name, axis] of axes) {
    for (const item of itemsOf(axis)) {
      checkNumber(item, name);
      checkPlain(item, {
        key: name,
        instead: (source) =>
          `write it where matrix.${name} is read, or for_each: '[${source}]' in the place of the matrix`,
      });
    }
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const message = `matrix: expected a name of letters, digits and _, found "${name}"`;
      field.file.report.error(keyPlaceOf(axis), { rule: "value", message });
    }
    rows = rows.slice(0, MOST_ROWS + 1).flatMap((row) =>
      axis.value.map((value) => ({ ...row, [name]: value }))
    );
  }
  if (rows.length <= MOST_ROWS) return rows;
  const message = `matrix: more than ${MOST_ROWS} combinations`;
  field.file.report.error(placeOf(matrix), { rule: "value", message });
  return rows.slice(0, MOST_ROWS);
}

/** What a step gives, or a molecule as a whole. */
export function readOutputs(
  field: Field<{ [name: string]: unknown } | readonly string[]> | undefined,
  { uses, kind }: { uses: Uses; kind: Kind | "whole" },
): readonly OutputDefinition[] {
  if (!field) return NONE;
  const report = (at: Field<unknown>, message: string) =>
    field.file.report.error(placeOf(at), { rule: "value", message: `outputs: ${message}` });
  if (field.node.kind === "list") {
    if (kind === "run") {
      const [first] = itemsOf(field as Field<readonly string[]>);
      const name = first ? textOf(first) : "NAME";
      report(field, `a command gives values: expected a map such as { ${name}: '{{ stdout.trim() }}' }`);
    }
    return itemsOf(field as Field<readonly string[]>).map((item) => named(item, textOf(item)));
  }
  return entriesOf(field as Field<{ [name: string]: unknown }>).map(([name, item]) => {
    if (kind !== "run" && kind !== "whole") return { ...named(item, name), ...typed(item, name) };
    return {
      ...checked(item, name),
      value: uses.text(item, { key: "outputs", use: kind === "whole" ? "text" : "output" }),
    };
  });

  function typed(item: Field<unknown>, name: string): { type?: VariableType } {
    const type = VARIABLE_TYPES.find((each) => each === item.value);
    if (type) return { type };
    const types = VARIABLE_TYPES.join(", ");
    report(
      item,
      `whoever does this gives the value: expected a type, one of ${types}; for any write [${name}]`,
    );
    return {};
  }

  function checked(item: Field<unknown>, name: string): OutputDefinition {
    const text = textOf(item);
    if (kind === "run" && /^(stdout|stderr|exit_code)$/.test(text)) {
      const message = `outputs: this is the text "${text}"; what the command gave is '{{ ${text} }}'`;
      item.file.report.warning(placeOf(item), { rule: "expression", message });
    }
    return named(item, name);
  }

  function named(item: Field<unknown>, name: string): OutputDefinition {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      report(item, `expected a name of letters, digits and _, found "${name}"`);
    }
    return { name };
  }
}

function readCache(field: Field<WrittenStep>, uses: Uses) {
  const cache = child(field, "cache");
  return present({
    cache: cache && {
      key: uses.text(child(cache, "key")!, { key: "key" }),
      paths: uses.texts(child(cache, "paths"), { key: "paths" }),
    },
  });
}
