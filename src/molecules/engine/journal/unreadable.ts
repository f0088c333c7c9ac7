import type { BeadKey, View } from "../../../ledger/ledger.ts";
import { CommandError } from "../../../lib/errors.ts";
import { type OpenRun, type Reading, readRun, unreadable } from "./run_log.ts";

/** The run of a bead that says it is one, or why it cannot be read. */
export function runOrTrouble(
  view: Pick<View, "journal">,
  key: BeadKey,
  reading: Reading = {},
): OpenRun | CommandError {
  try {
    return readRun(view, key, reading) ?? withoutBeginning(key);
  } catch (error) {
    if (error instanceof CommandError && error.code === "run_unreadable") return error;
    throw error;
  }
}

/** Why a run cannot be read of which the bead was closed by hand: whoever waits for it has nothing to wait for. */
export function givenUp(view: Pick<View, "journal" | "beadByKey">, key: BeadKey): CommandError | undefined {
  if (view.beadByKey(key)?.status !== "closed") return undefined;
  const found = runOrTrouble(view, key);
  return found instanceof CommandError ? found : undefined;
}

/** That the bead of a run says it is one, and its journal does not. */
export function withoutBeginning(key: BeadKey): CommandError {
  return unreadable(key, "its journal does not say how it began");
}
