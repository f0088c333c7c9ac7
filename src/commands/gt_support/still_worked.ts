import type { View } from "../../ledger/ledger.ts";
import { runTree } from "../../molecules/engine/journal/follow_run.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { stepOfBead } from "../../molecules/engine/journal/step_link.ts";
import { recordsOf } from "../../molecules/machine/step_list.ts";
import { convoyState, type Tracked } from "../../town/convoys/convoys.ts";
import { LEGAL } from "../../work/attempt_machine.ts";

/** What is to be said of convoys that end with a run: their beads go on, a line for each convoy. */
export function stillWorked(view: View, open: OpenRun): string[] {
  return runTree(view, { open }).flatMap((one) => convoysOf(view, one.open)).flatMap((convoy) => {
    const beads = convoyState(view, convoy).beads.filter(isOnHook).map(({ bead }) => bead.id);
    if (beads.length === 0) return [];
    return [
      `The beads of ${convoy.id} are worked on all the same; to take them back: gt unsling ${
        beads.join(" ")
      }`,
    ];
  });
}

/** The convoys that steps of a run have made, and that have not landed. */
function convoysOf(view: View, { run, rules }: OpenRun) {
  return [...recordsOf(run.steps)].flatMap(({ bead: id, of, status }, index) => {
    if (id === undefined || status === "succeeded") return [];
    if (rules.steps[of ?? index]!.definition.action.kind !== "convoy") return [];
    const bead = view.beadById(id);
    return bead && stepOfBead(bead) ? [bead] : [];
  });
}

/** Whether a bead can be taken off somebody's hook. */
function isOnHook({ bead, attempt }: Tracked): boolean {
  return attempt ? LEGAL.released.includes(attempt.state) : bead.status === "hooked";
}
