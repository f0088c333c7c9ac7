import { CommandError } from "../../../lib/errors.ts";
import type { Bead } from "../../../ledger/ledger.ts";
import { begunOf, readRun } from "../journal/run_log.ts";
import { changeRun, valuesText } from "../journal/run_store.ts";
import { hasEnded } from "../../machine/run.ts";
import { nestedValues } from "./nested_values.ts";
import type { Order, PerformDeps } from "./performance.ts";

/** What going on with a nested run needs. */
export interface EarlierDeps extends PerformDeps {
  /** What a molecule means that another names. @throws {CommandError} */
  definitionOf(name: string, source: string): Promise<{ name: string }>;
}

/**
 * The nested run of an earlier attempt, with which one that is tried again goes on: what did not succeed in it is tried
 * again too, and what it came to stands if it has succeeded meanwhile.
 *
 * Undefined where another one is to be begun: there is none, it is not of this molecule and with these values any more,
 * or there is nothing of it to be tried again.
 */
export async function earlierRun(deps: EarlierDeps, order: Order): Promise<Bead | undefined> {
  const { ledger, actor } = deps;
  const { nested } = order.step.record;
  const bead = nested === undefined ? undefined : ledger.view.beadById(nested);
  const open = bead && !bead.deleted ? readRun(ledger.view, bead.key) : undefined;
  if (!open || bead!.metadata.squashed !== undefined || !await isStillMeant(deps, order, bead!)) {
    return undefined;
  }
  if (!hasEnded(open.run) || open.run.status === "succeeded") return bead;
  const event = { kind: "retried" as const, steps: [], by: actor, goOn: true as const };
  const committed = changeRun(ledger, { open, actor, change: ({ push }) => push(event) });
  return committed.kind === "done" && committed.result.kind === "moved" ? bead : undefined;
}

/** Whether the step still runs the molecule of this run with the values that it was begun with. */
async function isStillMeant(deps: EarlierDeps, order: Order, bead: Bead): Promise<boolean> {
  const { open, step: { definition: { action } }, scope } = order;
  const begun = begunOf(deps.ledger.view, bead.key);
  if (action.kind !== "molecule" || !begun) return false;
  const { definition, values } = begun;
  try {
    const named = await deps.definitionOf(action.molecule, open.begun.definition.source);
    if (named.name !== definition.name) return false;
    return valuesText(nestedValues(deps, { definition, with: action.with, scope })) === valuesText(values);
  } catch (error) {
    // What cannot be read, or worked out, now is said where another one is begun.
    if (error instanceof CommandError) return false;
    throw error;
  }
}
