import { present } from "../../../lib/present.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { BeadKey } from "../../../ledger/ledger.ts";
import type { Definition } from "../../definition.ts";
import { environmentOf } from "../commands/run_secrets.ts";
import { languageFor } from "./language.ts";
import { succeeded } from "./outputs.ts";
import { refuseNotRun } from "../driver/not_run.ts";
import { DROPPED, type Order, type Performance, type PerformDeps, whenLate } from "./performance.ts";
import type { Reason } from "../../machine/run.ts";
import { followRun, type OpenRun, readRun } from "../journal/run_log.ts";
import { changeRun, createRun } from "../journal/run_store.ts";
import { scopeOf } from "../journal/scope.ts";
import { givenUp } from "../journal/unreadable.ts";
import { openBead } from "./step_bead.ts";
import { earlierRun } from "./earlier_run.ts";
import { nestedValues } from "./nested_values.ts";
import { guarded, reasonOf } from "./trouble.ts";
import { runName, stepKey } from "../journal/step_at.ts";

/** How deep runs may be nested: one that begins itself would go on for ever. */
const DEEPEST = 20;

/** What nested runs need. */
export interface NestedDeps extends PerformDeps {
  /** What a molecule means that another names. @throws {CommandError} */
  definitionOf(name: string, source: string): Promise<Definition>;
  /** Drives a run until it has ended, or `signal` aborts, with `DROPPED` where others go on with it; returns it as it is then. */
  drive(key: BeadKey, signal: AbortSignal): Promise<OpenRun>;
}

/** Why a nested run is being ended. */
type Ending = "stopped" | Reason;

/** Runs another molecule as a part of this run. */
export function performMolecule(deps: NestedDeps, order: Order): Performance {
  const { id: step, attempt } = order.step;
  const leaving = new AbortController();
  let key: BeadKey | undefined;
  let ending: Ending | undefined;
  const over = new AbortController();
  const end = (why: Ending) => {
    ending ??= why;
    over.abort();
    cancel();
  };
  const cancel = () => {
    if (key !== undefined) cancelRun(deps, { key, ...reasonToEnd(deps, { order, ending }) });
  };
  const fail = (reason: Reason) => {
    over.abort();
    if (!leaving.signal.aborted) order.tell({ kind: "failed", step, attempt, reason });
  };
  const begin = async () => {
    await guarded(deps, { work: async () => key = await openNested(deps, order), fail });
    if (key === undefined) return;
    const trouble = givenUp(deps.ledger.view, key);
    if (trouble) return fail(reasonOf(trouble));
    if (ending) cancel();
    const open = await deps.drive(key, leaving.signal);
    over.abort();
    if (!leaving.signal.aborted) await tellOfRun(deps, { order, open, ending });
  };
  whenLate(deps, order, { signal: over.signal, late: end });
  // What ends the driver of a nested run is no failure of that run, which could not be gone on with then.
  const work = guarded(deps, { work: begin });
  return {
    stop: () => end("stopped"),
    async interrupt() {
      over.abort();
      leaving.abort();
      await work;
    },
    // Its commands go on: the driver that follows finds them.
    drop() {
      over.abort();
      leaving.abort(DROPPED);
      return work;
    },
  };
}

async function openNested(deps: NestedDeps, order: Order): Promise<BeadKey | undefined> {
  const { open, step: { definition: { action }, record, id, attempt }, scope } = order;
  if (action.kind !== "molecule") throw new Error(`"${id}" is no molecule`);
  if (record.bead !== undefined) return deps.ledger.view.beadById(record.bead)?.key;
  const depth = (open.begun.parent?.depth ?? 0) + 1;
  if (depth > DEEPEST) {
    throw new CommandError("refused", `Cannot run "${action.molecule}": it is nested ${depth} deep`, {
      code: "too_deep",
    });
  }
  const known = await earlierRun(deps, order);
  if (known) return openBead(deps, order, () => known)?.key;
  const definition = await deps.definitionOf(action.molecule, open.begun.definition.source);
  refuseNotRun(definition, { hasTown: deps.hasMail, hasBead: open.begun.bead !== undefined });
  const given = nestedValues(deps, { definition, with: action.with, scope });
  const bead = openBead(deps, order, (transaction) =>
    createRun(transaction, {
      id: transaction.childId(open.key),
      title: runTitle(definition),
      begun: {
        definition,
        values: given,
        environment: environmentOf(deps, { definition, secrets: deps.secrets }),
        folder: open.begun.folder,
        root: deps.folder,
        by: stepKey(open, order.step),
        ...present({ bead: open.begun.bead }),
        ...(open.begun.fresh ? { fresh: true } : {}),
        parent: { run: open.key, step: id, attempt, depth },
      },
    }).bead);
  return bead?.key;
}

/** What the bead of a run is called. */
export function runTitle({ name, description }: Definition): string {
  const first = description?.split("\n")[0]?.trim();
  return first ? `${name}: ${first}`.slice(0, 200) : name;
}

/** Tells a nested run to end, whoever drives it. */
function cancelRun(
  { ledger, actor }: Pick<PerformDeps, "ledger" | "actor">,
  { key, why, force }: { key: BeadKey; why?: string; force?: true },
): void {
  const open = readRun(ledger.view, key);
  const event = { kind: "cancelled" as const, by: actor, ...present({ why, force }) };
  if (open) changeRun(ledger, { open, actor, change: ({ push }) => push(event) });
}

/** Why a nested run is ended: what the run around it says, or what its step has come to; and whether by force. */
function reasonToEnd(
  { ledger: { view } }: Pick<PerformDeps, "ledger">,
  { order, ending }: { order: Order; ending: Ending | undefined },
): { why?: string; force?: true } {
  const { reason, forced } = followRun(view, order.open).open.run;
  return present({
    why: typeof ending === "object" ? `its step: ${ending.text}` : reason?.text,
    force: forced,
  });
}

async function tellOfRun(
  deps: NestedDeps,
  { order, open, ending }: { order: Order; open: OpenRun; ending: Ending | undefined },
): Promise<void> {
  const { step, scope, tell } = order;
  const { id, attempt } = step;
  const { run, begun } = open;
  if (run.status === "succeeded") {
    const language = await languageFor(begun.definition);
    const inner = scopeOf(open, { now: run.since });
    try {
      const given = Object.fromEntries(
        begun.definition.outputs.flatMap(({ name, value }) =>
          value ? [[name, language.evaluateTemplate(value, inner)]] : []
        ),
      );
      tell(succeeded(deps.language, { step, scope, given }));
    } catch (error) {
      tell({ kind: "failed", step: id, attempt, reason: reasonOf(error) });
    }
  } else if (ending === "stopped") tell({ kind: "stopped", step: id, attempt });
  else if (ending) tell({ kind: "failed", step: id, attempt, reason: ending });
  else {
    const text = `${runName(open.key)} ${run.status}${run.reason ? `: ${run.reason.text}` : ""}`;
    tell({ kind: "failed", step: id, attempt, reason: { kind: "failed", text } });
  }
}
