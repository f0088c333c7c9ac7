import { present } from "../../lib/present.ts";
import type { StepAction, StepDefinition } from "../definition.ts";
import type { Defaults, Draft, DraftStep } from "./draft.ts";
import { NO_RETRY } from "./read_defaults.ts";

/** Those of the base, except where the molecule has its own. */
export function mergedDefaults(base: Defaults, own: Defaults): Defaults {
  return {
    ...base,
    ...own,
    env: { ...base.env, ...own.env },
    secrets: [...new Set([...base.secrets, ...own.secrets])],
  };
}

/** The draft with its defaults in each of its steps that has none yet, those of its aspects among them. */
export function withDefaults(draft: Draft): Draft {
  const { defaults } = draft;
  const hasSome = Object.keys(defaults).length > 2 || Object.keys(defaults.env).length > 0 ||
    defaults.secrets.length > 0;
  const set = (each: DraftStep): DraftStep => {
    if (each.hasDefaults) return each;
    return { ...each, hasDefaults: true, step: hasSome ? stepWith(each.step, defaults) : each.step };
  };
  return {
    ...draft,
    steps: draft.steps.map(set),
    aspects: draft.aspects.map((aspect) => ({
      ...aspect,
      before: aspect.before.map(set),
      after: aspect.after.map(set),
    })),
  };
}

/** Gates and checklist items wait for people: no time of others is theirs. */
function stepWith(step: StepDefinition, defaults: Defaults): StepDefinition {
  const { kind } = step.action;
  const waits = kind === "gate" || kind === "checklist";
  const works = kind === "run" || kind === "prompt";
  const { action, retry, env, secrets } = step;
  return {
    ...step,
    action: actionWith(action, defaults),
    retry: retry === NO_RETRY && works ? defaults.retry ?? retry : retry,
    ...present({
      timeout: step.timeout ?? (waits ? undefined : defaults.timeout),
      heartbeat: step.heartbeat ?? (kind === "run" ? defaults.heartbeat : undefined),
    }),
    env: joinedNames(defaults.env, env),
    secrets: joinedLists(defaults.secrets, secrets),
  };
}

function actionWith(action: StepAction, { cwd, agent }: Defaults): StepAction {
  if (action.kind === "run" && cwd && !action.cwd) return { ...action, cwd };
  return action.kind === "prompt" && agent && !action.agent ? { ...action, agent } : action;
}

// What only the defaults have is shared by all steps that have none of their own: there may be ten thousand.

function joinedNames<Value>(
  all: Readonly<Record<string, Value>>,
  own: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  if (Object.keys(all).length === 0) return own;
  return Object.keys(own).length === 0 ? all : { ...all, ...own };
}

function joinedLists(all: readonly string[], own: readonly string[]): readonly string[] {
  if (all.length === 0) return own;
  return own.length === 0 ? all : [...new Set([...all, ...own])];
}
