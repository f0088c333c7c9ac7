import type { Ledger } from "../../../ledger/ledger.ts";
import { isOfMachine } from "../../../ledger/ledger_error.ts";
import { holderOf, type LeaseDeps } from "../driver/lease.ts";
import { runName } from "../journal/step_at.ts";
import type { Files } from "../../../ports/files.ts";
import { runFolder, runsFolder } from "./command_files.ts";

/**
 * Removes what the commands of runs have printed whose beads were deleted; call it once that is written. What cannot be
 * removed, or was not because somebody was killed, goes the next time.
 */
export function removeFoldersOfDeleted(
  { ports, ledger }: LeaseDeps & { ports: { files: Files }; ledger: Pick<Ledger, "folder" | "view"> },
): void {
  for (const name of ports.files.list(runsFolder(ledger.folder))) {
    const bead = ledger.view.beadById(name);
    // Another machine may have deleted what is still driven here.
    const isGone = bead?.deleted && runName(bead.key) === name && !holderOf({ ports, ledger }, bead.key);
    try {
      if (isGone) ports.files.remove(runFolder(ledger.folder, name));
    } catch (error) {
      if (!isOfMachine(error)) throw error;
    }
  }
}
