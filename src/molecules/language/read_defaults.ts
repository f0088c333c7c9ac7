import { parseDuration } from "../../lib/duration.ts";
import { present } from "../../lib/present.ts";
import type { Budget, Concurrency, FailureKind, Retry } from "../definition.ts";
import type { Defaults } from "./draft.ts";
import { child, type Field } from "./field.ts";
import type { WrittenMolecule, WrittenRetry, WrittenStep } from "./schema.ts";
import type { Uses } from "./uses.ts";
import { readAgent } from "./read_agent.ts";

/** The defaults of a molecule, with its environment and its secrets. */
export function readDefaults(molecule: Field<WrittenMolecule>, uses: Uses): Defaults {
  const defaults = child(molecule, "defaults");
  const agent = defaults && child(defaults, "agent");
  return {
    env: uses.map(child(molecule, "env"), { key: "env" }),
    secrets: molecule.value.secrets ?? [],
    ...present({
      timeout: durationOf(defaults?.value.timeout),
      heartbeat: durationOf(defaults?.value.heartbeat),
      retry: defaults?.value.retry && readRetry(defaults.value.retry),
      cwd: defaults && uses.text(child(defaults, "cwd"), { key: "cwd", needed: "cwd" }),
      agent: agent && readAgent(agent, uses),
    }),
  };
}

const REASONS: readonly FailureKind[] = ["exit", "timeout", "heartbeat", "failed"];

/** What a step has that is not to be tried again. */
export const NO_RETRY: Retry = { attempts: 1, delay: 0, factor: 1, maxDelay: 0, on: REASONS };

const LONGEST_DELAY = 300_000;

/** How often and when something is tried again. */
export function readRetry(written: WrittenRetry): Retry {
  const { attempts, factor = 2, on = REASONS } = written;
  const delay = durationOf(written.delay) ?? 1_000;
  const maxDelay = durationOf(written.max_delay) ?? Math.max(delay, LONGEST_DELAY);
  return { attempts, delay, factor, maxDelay, on };
}

/** Milliseconds, where there is a duration. */
export function durationOf(written: string | undefined): number | undefined {
  return written === undefined ? undefined : parseDuration(written);
}

/** What something may use up, and with how many others of its group it runs. */
export function readBounds(
  field: Field<WrittenMolecule> | Field<WrittenStep>,
  uses: Uses,
): { budget?: Budget; concurrency?: Concurrency } {
  const both = field as Field<Pick<WrittenStep, "budget" | "concurrency">>;
  const concurrency = child(both, "concurrency");
  return present({
    budget: both.value.budget && present(both.value.budget),
    concurrency: concurrency && {
      group: uses.text(child(concurrency, "group")!, { key: "group", needed: "group" }),
      limit: concurrency.value.limit ?? 1,
    },
  });
}
