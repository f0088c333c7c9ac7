import { deleteBead } from "../../beads/close.ts";
import { descendantsOf } from "../../beads/dependencies.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Ports } from "../../ports/ports.ts";
import { stepsOf } from "../checklist.ts";
import { holderOf } from "../engine/driver/lease.ts";
import { runUnderWay } from "../engine/journal/live_run.ts";
import { readRun } from "../engine/journal/run_log.ts";
import { hasEnded } from "../machine/run.ts";
import { summaryOf } from "../engine/journal/run_summary.ts";
import { recordsOf } from "../machine/step_list.ts";
import { bondedFrom, partsOf } from "../joined.ts";
import { isMolecule, pouredFrom } from "./poured.ts";

/**
 * The beads that go when a molecule is burned: a run or a poured one with all below it, of any other bead its steps.
 *
 * A bead that was joined goes with those of its parts that were poured; the others stay.
 *
 * @throws {CommandError} `not_a_molecule` for a bead that has nothing of one.
 */
export function burnedWith(view: View, bead: Bead): Bead[] {
  const wholly = summaryOf(bead) !== undefined || pouredFrom(bead) !== undefined;
  if (wholly) return [bead, ...descendantsOf(view, bead.key)];
  if (!isMolecule(view, bead)) {
    throw new CommandError("refused", `Cannot burn "${bead.id}": it has no steps, and is no run`, {
      code: "not_a_molecule",
      hints: [`bd delete ${bead.id} removes a bead`, "gt mol list", "bd mol pour NAME"],
    });
  }
  const parts = partsOf(view, bead).filter((part) => isMolecule(view, part) || summaryOf(part) !== undefined);
  const below = [...stepsOf(view, bead.key), ...parts.flatMap((part) => burnedWith(view, part))];
  return bondedFrom(bead) ? [bead, ...below] : below;
}

/** Leaves tombstones for a molecule; what it was stays in the log. */
export function burn(
  transaction: Transaction,
  { keys, reason }: { keys: readonly BeadKey[]; reason: string },
): void {
  // Those below go first: nothing is then a child of what is gone.
  for (const key of [...keys].reverse()) deleteBead(transaction, { key, reason, force: true });
}

/** Refuses a run that somebody drives, or of which a command or an agent is at work. @throws {CommandError} `run_under_way`. */
export function refuseUnderWay(
  deps: { ports: Pick<Ports, "clock" | "processes">; ledger: Ledger },
  { beads, action }: { beads: readonly Bead[]; action: string },
): void {
  for (const bead of beads) {
    const open = summaryOf(bead) && readRun(deps.ledger.view, bead.key);
    if (!open || hasEnded(open.run)) continue;
    const holder = holderOf(deps, bead.key);
    const isAtWork = [...recordsOf(open.run.steps)].some(({ status }) => status === "running");
    if (!holder && !isAtWork) continue;
    const state = holder ? `${holder.by} drives it` : "steps of it are running";
    throw runUnderWay(bead, { action, state });
  }
}
