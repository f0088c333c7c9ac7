/**
 * What the commands of `bd` share: opening the ledger, reading flags into fields and filters, and printing beads.
 *
 * @module
 */
import { join } from "node:path";
import type { Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { findLedger, openLedger } from "../../ledger/open.ts";
import { isProjectionDue } from "../../ledger/projection_due.ts";
import { CommandError } from "../../lib/errors.ts";

/**
 * Opens the ledger for the place of the call, passes its warnings on, and closes it after use.
 *
 * In a fresh clone it is made from what the remote holds. @throws {CommandError} `no_ledger`.
 */
export async function withLedger<T>(
  context: Pick<Context, "ports" | "out">,
  use: (ledger: Ledger) => T | Promise<T>,
): Promise<T> {
  const ledger = await openHere(context);
  try {
    const result = await use(ledger);
    await refresh(context, ledger);
    return result;
  } finally {
    for (const warning of ledger.warnings()) context.out.note(`warning: ${warning}`);
    ledger.close();
  }
}

/** Opens the ledger for the place of the call; in a fresh clone it is made. @throws {CommandError} `no_ledger`. */
export async function openHere(context: Pick<Context, "ports" | "out">): Promise<Ledger> {
  const { ports } = context;
  try {
    const folder = findLedger(ports);
    // Another tool's folder, as it comes with a clone: opening it would begin an empty ledger in it.
    if (!ports.files.exists(join(folder, "ops"))) throw notYet(folder);
    return openLedger(ports, { folder });
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== "no_ledger") throw error;
    const { hydrateLedger } = await import("./hydrate.ts");
    const made = await hydrateLedger(context);
    if (made) return made;
    throw error;
  }
}

function notYet(folder: string): CommandError {
  return new CommandError("refused", `Cannot find the ledger: "${folder}" holds none yet`, {
    code: "no_ledger",
    hints: ["bd init makes it, and takes over an issues.jsonl that is there"],
  });
}

/** Keeps issues.jsonl in step. The command has done its work already, so what stops this is only a remark. */
async function refresh({ ports, out }: Pick<Context, "ports" | "out">, ledger: Ledger): Promise<void> {
  try {
    if (!isProjectionDue(ledger, ports.clock.now())) return;
    const { writeProjection } = await import("../../ledger/projection.ts");
    writeProjection(ledger, ports);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // Where nothing can be written, somebody only reads.
    if (error.code === "read_only") return;
    out.note([`warning: ${error.message}`, ...error.hints.map((hint) => `  ${hint}`)].join("\n"));
  }
}
