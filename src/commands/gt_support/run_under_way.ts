import type { BeadKey, Ledger, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Definition } from "../../molecules/definition.ts";
import { diedUntold } from "../../molecules/engine/driver/lease.ts";
import { valuesText } from "../../molecules/engine/journal/run_store.ts";
import { liveRuns, type RunSummary, summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { runOrTrouble } from "../../molecules/engine/journal/unreadable.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import type { Ports } from "../../ports/ports.ts";
import { latestRun } from "./runs.ts";

/**
 * The run of this molecule that has not ended and has these values, or was begun by the same words; what else its values
 * are may come from defaults that have changed since.
 *
 * @throws {CommandError} `molecule_changed`.
 */
export function runUnderWay(
  { ports, ledger, view }: { ports: Ports; ledger: Ledger; view: View },
  { definition, values, given, bead, again, tells }: {
    definition: Definition;
    values: JsonObject;
    /** Those that were given, as they were written. */
    given: Readonly<Record<string, string>>;
    /** The bead it is for. */
    bead?: BeadKey;
    /** The command that begins one, with all it was called with. */
    again: string;
    /** Whether one counts that has ended when nobody has been told how. */
    tells: boolean;
  },
): BeadKey | undefined {
  const text = valuesText(values);
  const isSame = (summary: RunSummary) =>
    summary.parent === undefined && summary.molecule === definition.name && summary.bead === bead &&
    (summary.values === text || isSameGiven(summary, { definition, values, given }));
  const same = liveRuns(view).filter(({ bead, summary }) => isSame(summary) && !isOver(view, bead.key));
  if (same.length === 0) {
    if (!tells) return undefined;
    // Its driver was killed between its end and the telling of it.
    const last = latestRun(view, { molecule: definition.name });
    const summary = last && summaryOf(last);
    const isUntold = last && summary && isSame(summary) && summary.hash === definition.hash &&
      diedUntold({ ports, ledger }, last.key);
    return isUntold ? last.key : undefined;
  }
  const unchanged = same.filter(({ summary }) => summary.hash === definition.hash);
  const found = unchanged.find(({ summary }) => summary.values === text) ?? unchanged[0] ?? same[0];
  if (!found || found.summary.hash === definition.hash) return found?.bead.key;
  const { id } = found.bead;
  throw new CommandError(
    "refused",
    `Cannot go on with run "${id}": "${definition.name}" has been changed since`,
    {
      code: "molecule_changed",
      hints: [
        `Go on as it was: gt mol resume ${id}`,
        `Move it to the new text: gt mol upgrade ${id}`,
        `Begin anew: gt mol cancel ${id} && ${again} --new`,
        `Begin another beside it: ${again} --new`,
      ],
    },
  );
}

/** Whether a run has ended although its bead is open. */
function isOver(view: View, key: BeadKey): boolean {
  const found = runOrTrouble(view, key);
  return !(found instanceof CommandError) && hasEnded(found.run);
}

/** Whether a run was begun with the same values given; of one that did not note them, whether it has these. */
function isSameGiven(
  summary: RunSummary,
  { definition, values, given }: {
    definition: Definition;
    values: JsonObject;
    given: Readonly<Record<string, string>>;
  },
): boolean {
  const names = Object.keys(given);
  const before = summary.given;
  // The same text gives the same values where the same ones are given.
  if (!before && summary.hash === definition.hash) return false;
  if (before && Object.keys(before).length !== names.length) return false;
  const had = JSON.parse(summary.values) as JsonObject;
  const isSameValue = (name: string) => JSON.stringify(had[name]) === JSON.stringify(values[name]);
  return names.every((name) =>
    before
      ? Object.hasOwn(before, name) && (before[name] === given[name] || isSameValue(name))
      : isSameValue(name)
  );
}
