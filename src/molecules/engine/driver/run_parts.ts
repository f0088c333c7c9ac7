import { CommandError } from "../../../lib/errors.ts";
import type { BeadKey, Ledger } from "../../../ledger/ledger.ts";
import type { Town } from "../../../town/town.ts";
import { fail, ok, type TownPart, warn } from "../../../town/town_part.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { closeEnded, isOpenedAgain } from "../journal/run_beads.ts";
import { liveRuns } from "../journal/run_summary.ts";
import { runName } from "../journal/step_at.ts";
import { runOrTrouble } from "../journal/unreadable.ts";
import { troubledRuns } from "./run_trouble.ts";

/** The runs of workflows: those under way can go on, and the beads of those that have ended are closed. */
export const runParts: readonly TownPart[] = [{
  name: "runs under way",
  look({ ledger }) {
    const { open, troubles } = liveRunsOf(ledger);
    const said = [...new Map([...troubles, ...troubledRuns(ledger).map(asTrouble)])];
    if (said.length === 0) return ok(open.length === 0 ? "none" : `${open.length}`);
    return fail(
      `cannot go on: ${said.map(([key]) => runName(key)).join(", ")}`,
      ...said.map(([, text]) => text),
      "More of one, and what to do: gt mol status ID",
    );
  },
}, {
  name: "beads of ended runs",
  look(town) {
    const again = openedAgain(town);
    if (again.length === 0) return ok("closed");
    return warn(`open although their run has ended: ${again.map(({ key }) => runName(key)).join(", ")}`);
  },
  make(town) {
    for (const open of openedAgain(town)) closeEnded(town.ledger, { open, actor: "doctor" });
  },
}];

function asTrouble(
  { bead: { key }, trouble: { text } }: ReturnType<typeof troubledRuns>[number],
): [BeadKey, string] {
  return [key, text];
}

function openedAgain({ ledger }: Pick<Town, "ledger">): OpenRun[] {
  return liveRunsOf(ledger).open.filter((open) => isOpenedAgain(ledger.view, open));
}

/** The runs whose beads are open, and why some of them cannot be read. */
function liveRunsOf({ view }: Pick<Ledger, "view">): { open: OpenRun[]; troubles: [BeadKey, string][] } {
  const found = liveRuns(view).map(({ bead: { key } }) => ({ key, found: runOrTrouble(view, key) }));
  return {
    open: found.flatMap(({ found }) => found instanceof CommandError ? [] : [found]),
    troubles: found.flatMap(({ key, found }) => found instanceof CommandError ? [[key, found.message]] : []),
  };
}
