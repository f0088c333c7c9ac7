import type { Env } from "../../../ports/env.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";
import type { Template } from "../../definition.ts";
import { runName, stepKey } from "../journal/step_at.ts";

/** What a command does not get of its driver's environment: what belongs to the session around it. */
const NOT_HANDED_ON =
  /^(TMUX|TMUX_PANE|GT_(STEP|STEP_KEY|RUN|ATTEMPT|FAULT|MASK|MASKEND|MASK_.*)|GIT_(DIR|INDEX_FILE|WORK_TREE|PREFIX|COMMON_DIR))$/;

/** The first of the secrets that is not there. */
export function missingSecret(env: Env, secrets: readonly string[]): string | undefined {
  return secrets.find((name) => env.get(name) === undefined);
}

/** Refuses a text that no process can be given, saying of what it was made. @throws {Error} */
export function refuseNul(text: string, { what, of }: { what: string; of: Template }): void {
  if (!text.includes("\0")) return;
  const made = /\{\{.*?\}\}/s.exec(of.text)?.[0];
  throw new Error(`${what} would hold a NUL byte, which ends every text${made ? `, of ${made}` : ""}`);
}

/** What all commands of a driver get alike: asking the system for its environment again and again takes its time. */
const shared = new WeakMap<PerformDeps, { env: Readonly<Record<string, string>>; withheld: number }>();

function sharedEnvironment(deps: PerformDeps): Readonly<Record<string, string>> {
  const { ports, secrets } = deps;
  let known = shared.get(deps);
  // Runs that become a part of this one may bring secrets with them.
  if (known?.withheld !== secrets.size) {
    const env = Object.fromEntries(
      Object.entries(ports.env.all()).filter(([name]) => !NOT_HANDED_ON.test(name) && !secrets.has(name)),
    );
    known = { env, withheld: secrets.size };
    shared.set(deps, known);
  }
  return known.env;
}

/** The environment of a command: its driver's without the secrets of other steps, its own, and what identifies it. */
export function commandEnvironment(deps: PerformDeps, order: Order): Record<string, string> {
  const { ports, language } = deps;
  const { open, step, scope } = order;
  const { env, secrets } = step.definition;
  const own: Record<string, string> = { ...sharedEnvironment(deps) };
  for (const name of secrets) own[name] = ports.env.get(name) ?? "";
  for (const name of Object.keys(env)) {
    own[name] = language.fill(env[name]!, scope);
    refuseNul(own[name], { what: `its env "${name}"`, of: env[name]! });
  }
  own.GT_RUN = runName(open.key);
  own.GT_STEP = step.id;
  own.GT_ATTEMPT = String(step.attempt);
  own.GT_STEP_KEY = stepKey(open, step);
  return own;
}

/** What the filter of a command's output must know, which its command does not get. */
export interface MaskEnvironment {
  env: Record<string, string>;
  /** Names in it that are taken away before the command begins. */
  hide: readonly string[];
}

/** The secrets of all of the run, under names of their own: what one step was given, another may print. */
export function maskEnvironment(
  { ports: { env: environment, random }, secrets }: PerformDeps,
): MaskEnvironment {
  const values = [...secrets].flatMap((name): [string, string][] => {
    const value = environment.get(name);
    return value === undefined ? [] : [[`GT_MASK_${name}`, value]];
  });
  const env = {
    ...Object.fromEntries(values),
    GT_MASK: values.map(([name]) => name).join(","),
    // Nobody prints it by accident.
    GT_MASKEND: `gt-mask-end-${random.bytes(12).join("-")}`,
  };
  return { env, hide: Object.keys(env) };
}
