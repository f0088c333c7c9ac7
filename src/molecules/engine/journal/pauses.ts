import type { BeadKey, Ledger } from "../../../ledger/ledger.ts";
import { followRun, type OpenRun, readRun } from "./run_log.ts";

/** Which runs are paused, as those that are a part of them have to know. */
export interface Pauses {
  /** Notes a run as it is now, so that its journal is read on from there. */
  note(open: OpenRun): void;
  /** Whether a run that this one is a part of is paused, at whatever depth. */
  isPausedAbove(open: Pick<OpenRun, "begun">): boolean;
}

/** Looks into the journals of runs; shared by all drivers of a process, which may be many below one run. */
export function createPauses({ view }: Pick<Ledger, "view">): Pauses {
  const known = new Map<BeadKey, OpenRun>();
  const present = (key: BeadKey): OpenRun | undefined => {
    const before = known.get(key);
    const open = before ? followRun(view, before).open : readRun(view, key);
    if (open) known.set(key, open);
    return open;
  };
  return {
    note: (open) => void known.set(open.key, open),
    isPausedAbove({ begun }) {
      for (let key = begun.parent?.run; key !== undefined;) {
        const open = present(key);
        if (open?.run.status === "paused") return true;
        key = open?.begun.parent?.run;
      }
      return false;
    },
  };
}
