import { createStopper, type Stopper } from "../../lib/stopper.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Files } from "../../ports/files.ts";

/** A sleep that can be cut short. */
export interface Alarm {
  /** Ends the present sleep, or the next one at once. */
  ring(): void;
  /** Resolves after `ms`, or when it rings. */
  sleep(ms: number): Promise<void>;
}

/** Makes an alarm that has not rung. */
export function createAlarm(clock: Pick<Clock, "sleep">): Alarm {
  let hasRung = false;
  let present: Stopper | undefined;
  return {
    ring() {
      hasRung = true;
      present?.abort();
    },
    async sleep(ms) {
      if (!hasRung) {
        present = createStopper();
        await clock.sleep(ms, present.signal);
        present = undefined;
      }
      hasRung = false;
    },
  };
}

/** Calls back when something in one of the folders changes; undefined where the system cannot watch them. */
export function watchFolders(
  files: Pick<Files, "watch">,
  options: { folders: readonly string[]; changed: () => void },
): (() => void) | undefined {
  const stops: (() => void)[] = [];
  const stopAll = () => stops.forEach((stop) => stop());
  try {
    for (const folder of options.folders) stops.push(files.watch(folder, options.changed));
    return stopAll;
  } catch {
    // Too many watches on this machine, or a file system without: looking more often does as well.
    stopAll();
    return undefined;
  }
}
