import type { Finished } from "../ports/process.ts";
import type { Ports } from "../ports/ports.ts";

/** How old a lock of a repository must be to have been left by a git that was killed, in ms; git holds them for less. */
const LEFT_AFTER = 5_000;
/** How often a lock is looked at again, in ms. */
const PAUSE = 100;

const refusals = [
  /Unable to create '(.+\.lock)': File exists/,
  /could not lock config file (.+): File exists/,
];

/**
 * Runs a git command again for as long as it fails on a lock of the repository, and breaks a lock that was left there.
 *
 * Only the repository's own locks: those of a worktree belong to whoever works in it.
 */
export async function pastLeftLocks(
  { clock, files }: Pick<Ports, "clock" | "files">,
  { folder, run }: { folder: string; run: () => Promise<Finished> },
): Promise<Finished> {
  const giveUpAt = clock.monotonic() + 4 * LEFT_AFTER;
  for (;;) {
    const finished = await run();
    const lock = finished.code === 0 ? undefined : lockIn(finished.stderr, folder);
    if (lock === undefined || clock.monotonic() >= giveUpAt) return finished;
    const made = files.stat(lock)?.modified;
    if (made !== undefined && Math.abs(clock.now() - made) >= LEFT_AFTER) files.remove(lock);
    else await clock.sleep(PAUSE);
  }
}

function lockIn(stderr: string, folder: string): string | undefined {
  for (const refusal of refusals) {
    const named = refusal.exec(stderr)?.[1];
    if (named === undefined) continue;
    const path = named.startsWith("/") ? named : `${folder}/${named}`;
    const lock = path.endsWith(".lock") ? path : `${path}.lock`;
    if (lock.startsWith(`${folder}/`) && !lock.startsWith(`${folder}/worktrees/`)) return lock;
  }
  return undefined;
}
