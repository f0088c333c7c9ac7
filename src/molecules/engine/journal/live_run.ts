import type { Bead } from "../../../ledger/ledger.ts";
import { CommandError } from "../../../lib/errors.ts";

/** That something cannot be done to the bead of a run that has not ended. */
export function runUnderWay(
  { id }: Pick<Bead, "id">,
  { action, state }: { action: string; state: string },
): CommandError {
  return new CommandError("refused", `Cannot ${action} run "${id}": ${state}`, {
    code: "run_under_way",
    hints: [`End it first: gt mol cancel ${id}`],
  });
}
