import type { BeadKey, Ledger } from "../../../ledger/ledger.ts";
import { hasEnded } from "../../machine/run.ts";
import { type Begun, followRun, type OpenRun, readRun } from "./run_log.ts";

/** Runs as they are now, each read from its beginning once and read on from then. */
export interface KnownRuns {
  /** Notes a run as it is now, so that its journal is read on from there. */
  note(open: OpenRun): void;
  /** A run as it is now; undefined for what is none. */
  at(key: BeadKey): OpenRun | undefined;
  /** A run as it was seen, or as it was noted later: less of its journal is left to be read. */
  latest(open: OpenRun): OpenRun;
}

/** Looks into the journals of runs; shared by all drivers of a process, which may be many below one run. */
export function createKnownRuns({ view }: Pick<Ledger, "view">): KnownRuns {
  const known = new Map<BeadKey, OpenRun>();
  return {
    note: (open) => void known.set(open.key, open),
    latest(open) {
      const noted = known.get(open.key);
      return noted && noted.arrival > open.arrival ? noted : open;
    },
    at(key) {
      const before = known.get(key);
      const open = before ? followRun(view, before).open : readRun(view, key);
      // Nobody asks for long what has become of one that has ended.
      if (open && !hasEnded(open.run)) known.set(key, open);
      else known.delete(key);
      return open;
    },
  };
}

/** The steps that a run is the work of, the innermost first: each is one of the run that the next is the work of. */
export function stepsAround(
  runs: Pick<KnownRuns, "at">,
  { begun }: Pick<OpenRun, "begun">,
): NonNullable<Begun["parent"]>[] {
  const { parent } = begun;
  const around = parent && runs.at(parent.run);
  return parent ? [parent, ...(around ? stepsAround(runs, around) : [])] : [];
}

/** Whether a run that this one is a part of is paused, at whatever depth. */
export function isPausedAbove(runs: Pick<KnownRuns, "at">, { begun }: Pick<OpenRun, "begun">): boolean {
  const around = begun.parent && runs.at(begun.parent.run);
  return around !== undefined && (around.run.status === "paused" || isPausedAbove(runs, around));
}
