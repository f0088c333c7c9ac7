import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Nothing that is under way takes this long, in ms. */
const OLD_MS = 24 * 3600 * 1000;

/** Files and folders that a process makes for a moment, in the ledger's folder and in `local/`. */
const PASSING = /^\.issues\.\d+\.tmp$|\.(objects|incoming|fresh|old)$|^import\.\d+\.jsonl$/;

/** Removes what processes that were killed left half made; `now` in ms since the epoch. */
export function removeLeftovers(folder: string, now: number): void {
  for (const place of [folder, join(folder, "local")]) {
    for (const name of namesIn(place).filter((one) => PASSING.test(one))) {
      const path = join(place, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found && now - found.mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true });
    }
  }
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
