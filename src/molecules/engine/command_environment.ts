import type { Env } from "../../ports/env.ts";
import type { Order, PerformDeps } from "./performance.ts";
import type { Definition } from "../definition.ts";
import { runName, stepKey } from "./step_at.ts";

/** What a command does not get of its driver's environment: what belongs to the session around it. */
const NOT_HANDED_ON =
  /^(TMUX|TMUX_PANE|GT_(STEP|STEP_KEY|RUN|ATTEMPT|FAULT|MASK)|GIT_(DIR|INDEX_FILE|WORK_TREE|PREFIX|COMMON_DIR))$/;

/** The first of the secrets that is not there. */
export function missingSecret(env: Env, secrets: readonly string[]): string | undefined {
  return secrets.find((name) => env.get(name) === undefined);
}

const known = new WeakMap<Definition, ReadonlySet<string>>();

/** The names of all secrets of a molecule. */
export function secretNames(definition: Definition): ReadonlySet<string> {
  let names = known.get(definition);
  if (!names) {
    const { steps, onFailure, finally: last } = definition;
    names = new Set([...steps, ...onFailure, ...last].flatMap(({ secrets }) => secrets));
    known.set(definition, names);
  }
  return names;
}

/** The environment of a command: its driver's without the secrets of other steps, its own, and what identifies it. */
export function commandEnvironment({ ports, language }: PerformDeps, order: Order): Record<string, string> {
  const { open, step, scope } = order;
  const { env, secrets } = step.definition;
  const hidden = secretNames(open.begun.definition);
  const inherited = Object.entries(ports.env.all()).filter(([name]) =>
    !NOT_HANDED_ON.test(name) && (!hidden.has(name) || secrets.includes(name))
  );
  return {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, language.fill(value, scope)])),
    GT_RUN: runName(open.key),
    GT_STEP: step.id,
    GT_ATTEMPT: String(step.attempt),
    GT_STEP_KEY: stepKey(open, step),
    ...(secrets.length > 0 ? { GT_MASK: secrets.join(",") } : {}),
  };
}
