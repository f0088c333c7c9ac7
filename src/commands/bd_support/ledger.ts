/**
 * What the commands of `bd` share: opening the ledger, reading flags into fields and filters, and printing beads.
 *
 * @module
 */
import type { Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { findLedger, openLedger } from "../../ledger/open.ts";

/** Opens the ledger for the place of the call, passes its warnings on, and closes it after use. */
export async function withLedger<T>(
  context: Pick<Context, "ports" | "out">,
  use: (ledger: Ledger) => T | Promise<T>,
): Promise<T> {
  const ledger = openLedger(context.ports, { folder: findLedger(context.ports) });
  try {
    for (const warning of ledger.warnings()) context.out.note(`warning: ${warning}`);
    return await use(ledger);
  } finally {
    ledger.close();
  }
}
