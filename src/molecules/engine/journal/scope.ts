import { basename } from "node:path";
import type { Json, JsonObject } from "../../../lib/json.ts";
import type { VariableType } from "../../definition.ts";
import type { Scope, StepView } from "../../expressions/evaluate.ts";
import { sourceLabel } from "../../source_label.ts";
import type { OpenRun } from "./run_log.ts";
import { recordAt } from "../../machine/step_list.ts";
import { runName, type StepAt } from "./step_at.ts";

/** What the expressions of a step read; of the whole run when no step is given. */
export function scopeOf(open: OpenRun, { step, now }: { step?: StepAt; now: number }): Scope {
  const { begun, run } = open;
  const { definition, values, environment, bead } = begun;
  const types = Object.fromEntries(
    definition.vars.map(({ name, type }): [string, VariableType] => [name, type]),
  );
  return {
    file: basename(sourceLabel(definition)),
    vars: values,
    types,
    steps: stepViews(open),
    run: runView(open),
    env: environment,
    now,
    ...(bead ? { bead: { id: bead.id, title: bead.title } } : {}),
    ...(run.outcome === undefined ? {} : { status: run.outcome }),
    ...(step?.isElement ? elementOf(step) : {}),
  };
}

function elementOf({ definition, record }: StepAt): { matrix: JsonObject } | { item: Json } {
  const item = record.item ?? null;
  return definition.matrix ? { matrix: item as JsonObject } : { item };
}

function runView({ key, begun, run }: OpenRun): JsonObject {
  const { name, version } = begun.definition;
  return { id: runName(key), molecule: name, version, status: run.outcome ?? run.status, by: begun.by };
}

/** Steps by their id, each looked up when it is read: there may be ten thousand. */
function stepViews({ rules, run }: OpenRun): Readonly<Record<string, StepView>> {
  const view = (id: string | symbol): StepView | undefined => {
    const index = typeof id === "string" ? rules.byId.get(id) : undefined;
    if (index === undefined) return undefined;
    const { status, outputs, attempt } = recordAt(run.steps, index);
    return { status, outputs: outputs ?? {}, attempt };
  };
  return new Proxy({} as Record<string, StepView>, {
    get: (_target, id) => view(id),
    has: (_target, id) => view(id) !== undefined,
    ownKeys: () => [...rules.byId.keys()],
    getOwnPropertyDescriptor(_target, id) {
      const value = view(id);
      return value && { value, enumerable: true, configurable: true };
    },
  });
}
