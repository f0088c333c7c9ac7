/**
 * What the commands of `bd` share: opening the ledger, reading flags into fields and filters, and printing beads.
 *
 * @module
 */
import type { Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { findLedger, openLedger } from "../../ledger/open.ts";
import { CommandError } from "../../lib/errors.ts";

/** Opens the ledger for the place of the call, passes its warnings on, and closes it after use. */
export async function withLedger<T>(
  context: Pick<Context, "ports" | "out">,
  use: (ledger: Ledger) => T | Promise<T>,
): Promise<T> {
  const ledger = openLedger(context.ports, { folder: findLedger(context.ports) });
  try {
    const result = await use(ledger);
    await refresh(context, ledger);
    return result;
  } finally {
    for (const warning of ledger.warnings()) context.out.note(`warning: ${warning}`);
    ledger.close();
  }
}

/** Keeps issues.jsonl in step. The command has done its work already, so what stops this is only a remark. */
async function refresh({ ports, out }: Pick<Context, "ports" | "out">, ledger: Ledger): Promise<void> {
  const { refreshProjection } = await import("../../ledger/projection.ts");
  try {
    refreshProjection(ledger, ports);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    out.note([`warning: ${error.message}`, ...error.hints.map((hint) => `  ${hint}`)].join("\n"));
  }
}
