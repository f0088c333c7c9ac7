import type { BeadKey, Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Definition } from "../../molecules/definition.ts";
import { diedUntold } from "../../molecules/engine/driver/lease.ts";
import {
  liveRuns,
  type RunSummary,
  summaryOf,
  valuesText,
} from "../../molecules/engine/journal/run_store.ts";
import type { Ports } from "../../ports/ports.ts";
import { latestRun } from "./runs.ts";

/** The run of this molecule with these values that has not ended. @throws {CommandError} `molecule_changed`. */
export function runUnderWay(
  { ports, ledger }: { ports: Ports; ledger: Ledger },
  { definition, values, bead, called }: {
    definition: Definition;
    values: JsonObject;
    /** The bead it is for. */
    bead?: BeadKey;
    called: string;
  },
): BeadKey | undefined {
  const text = valuesText(values);
  const isSame = (summary: RunSummary) =>
    summary.parent === undefined && summary.molecule === definition.name && summary.values === text &&
    summary.bead === bead;
  const same = liveRuns(ledger.view).filter(({ summary }) => isSame(summary));
  if (same.length === 0) {
    // Its driver was killed between its end and the telling of it.
    const last = latestRun(ledger.view, definition.name);
    const summary = last && summaryOf(last);
    const isUntold = last && summary && isSame(summary) && summary.hash === definition.hash &&
      diedUntold({ ports, ledger }, last.key);
    return isUntold ? last.key : undefined;
  }
  const found = same.find(({ summary }) => summary.hash === definition.hash) ?? same[0];
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
        `Begin anew: gt mol cancel ${id}, then gt mol run ${called}`,
        `Begin another beside it: gt mol run ${called} --new`,
      ],
    },
  );
}
