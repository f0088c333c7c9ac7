import { join } from "node:path";
import type { Ledger } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import { watchFolders } from "../../../town/loops/alarm.ts";

/** Tells whenever the ledger may have changed; returns how to stop. */
export type LedgerNews = (changed: () => void) => () => void;

/** How long a driver rests before it looks for what others have added to the run. */
export interface Rest {
  /** In ms. The longer nothing happens, the longer it is. */
  longest(): number;
  /** Something has happened. */
  stirred(): void;
  end(): void;
}

/** How often is looked while much happens, in ms. */
export const BUSY_MS = 100;
/** How often otherwise: with and without being told of changes, and by who is told of all. */
const WATCHED_MS = 1_000;
const UNWATCHED_MS = 250;
const TOLD_MS = 5_000;
/** How long nothing must have happened until it is quiet, in ms. */
const QUIET_AFTER_MS = 2_000;

/**
 * Makes the rests of a driver; `ring` ends one early.
 *
 * A run that only waits looks at its ledger seldom: it is told of changes by the system, or by `news`.
 */
export function createRest(
  { clock, files }: Pick<Ports, "clock" | "files">,
  { ledger, ring, news }: { ledger: Ledger; ring: () => void; news?: LedgerNews | undefined },
): Rest {
  let stirredAt = clock.monotonic();
  // Only once it is quiet: a driver at work would be told of its own changes all the time.
  let stop: (() => void) | undefined;
  let isWatched: boolean | undefined;
  const changed = () => {
    // What was written shows in the ledger only a moment later.
    stirredAt = clock.monotonic();
    ring();
  };
  const isQuiet = () => clock.monotonic() - stirredAt >= QUIET_AFTER_MS;
  return {
    longest() {
      if (!isQuiet()) return BUSY_MS;
      if (isWatched === undefined) {
        const folders = [join(ledger.folder, "ops", ledger.replica)];
        stop = news ? news(changed) : watchFolders(files, { folders, changed });
        isWatched = stop !== undefined;
      }
      return isWatched ? news ? TOLD_MS : WATCHED_MS : UNWATCHED_MS;
    },
    stirred() {
      // Whoever rests long does not know yet that it is to look often.
      if (isQuiet()) ring();
      stirredAt = clock.monotonic();
    },
    end: () => stop?.(),
  };
}
