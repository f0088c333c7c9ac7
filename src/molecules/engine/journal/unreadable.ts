import type { BeadKey, View } from "../../../ledger/ledger.ts";
import { CommandError } from "../../../lib/errors.ts";
import { type OpenRun, readRun, unreadable } from "./run_log.ts";

/** The run of a bead that says it is one, or why it cannot be read. */
export function runOrTrouble(view: Pick<View, "journal">, key: BeadKey): OpenRun | CommandError {
  try {
    return readRun(view, key) ?? withoutBeginning(key);
  } catch (error) {
    if (error instanceof CommandError && error.code === "run_unreadable") return error;
    throw error;
  }
}

/** That the bead of a run says it is one, and its journal does not. */
export function withoutBeginning(key: BeadKey): CommandError {
  return unreadable(key, "its journal does not say how it began");
}
