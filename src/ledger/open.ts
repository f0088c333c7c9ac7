import { dirname, join, resolve } from "node:path";
import { CommandError } from "../lib/errors.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ports } from "../ports/ports.ts";
import { beginWrite, type Database, isBusy, rollBack } from "./database.ts";
import { createEphemeral } from "./ephemeral.ts";
import { busyError, openLiveIndex } from "./index_open.ts";
import type { Ledger, Transaction, View } from "./ledger.ts";
import { ledgerGone } from "./ledger_error.ts";
import { diskError } from "./log_files.ts";
import { createOperationWriter, type OperationWriter } from "./operation_writer.ts";
import { isGone, makeReplica, readReplica, readReplicaText, replicaName, replicaNameIn } from "./replica.ts";
import { catchUp, lagOf } from "./replay.ts";
import { createTransaction } from "./transaction.ts";
import { createView } from "./view.ts";

/** What the ledger needs from outside. */
export type LedgerPorts = Pick<Ports, "clock" | "env" | "files" | "random">;

/**
 * Opens the ledger in a `.beads` folder.
 *
 * @throws {CommandError} `no_ledger`, `log_damaged` naming file and line, or why the disk refuses.
 */
export function openLedger(ports: LedgerPorts, { folder }: { folder: string }): Ledger {
  if (ports.files.kind(folder) === undefined) throw noLedger(folder);
  const text = readReplicaText(folder);
  const known = readReplica(folder);
  const index = openLiveIndex({ folder, replica: known });
  const { database } = index;
  const replica = known ?? nameReplica(database, { folder, ports, text });
  const view = createView(database);
  const ephemeral = createEphemeral({ folder });
  const warnings = new Set<string>();
  const core: Core = { ports, folder, replica, database, view, warn: (text) => void warnings.add(text) };
  // A number of the new index could equal one of the old, so a replaced index counts as well.
  let own = 0;
  let writing = false;
  const renew = () => {
    if (!index.isReplaced()) return;
    // The same files in a folder that was removed and made anew are another ledger.
    if (isGone(folder)) throw ledgerGone(folder);
    index.refresh();
    own += REPLACED;
  };
  return {
    folder,
    replica,
    view,
    ephemeral,
    write<T>(actor: string, change: (transaction: Transaction) => T): T {
      if (writing) throw new Error("a change of the ledger cannot start within another");
      writing = true;
      try {
        renew();
        return write(core, { actor, change });
      } finally {
        writing = false;
        own++;
      }
    },
    version() {
      renew();
      return own + (database.get<{ data_version: number }>("PRAGMA data_version")?.data_version ?? 0);
    },
    warnings: () => [...warnings],
    close() {
      ephemeral.close();
      database.close();
    },
  };
}

/** More than the number of commits that an index could have seen. */
const REPLACED = 2 ** 32;

interface Core {
  ports: LedgerPorts;
  folder: string;
  replica: string;
  database: Database;
  view: View;
  warn: (text: string) => void;
}

/** Names this folder's replica, one process at a time; `text` is what named it before, which is of no use. */
function nameReplica(
  database: Database,
  { folder, ports, text }: { folder: string; ports: LedgerPorts; text: string },
): string {
  begin(database, folder);
  try {
    const now = readReplicaText(folder);
    return (now === text ? undefined : replicaNameIn(folder, now)) ?? makeReplica(folder, ports.random);
  } catch (error) {
    const refusal = diskError(error, folder);
    // Who only reads needs a name of no use to others.
    if (refusal instanceof CommandError && refusal.code === "read_only") return replicaName(ports.random);
    throw refusal;
  } finally {
    rollBack(database);
  }
}

function write<T>(
  core: Core,
  { actor, change }: { actor: string; change: (transaction: Transaction) => T },
): T {
  const { database, folder, replica, ports, view, warn } = core;
  beginUpToDate(core);
  let writer: OperationWriter | undefined;
  try {
    writer = createOperationWriter({
      database,
      folder,
      replica,
      actor,
      now: ports.clock.now(),
      warn,
    });
    const result = change(createTransaction({ database, view, writer }));
    if (result instanceof Promise) throw new Error("a change of the ledger must not wait for anything");
    if (!writer.flush()) {
      rollBack(database);
      return result;
    }
    faultPoint("ledger.before-commit");
    database.script("COMMIT");
    faultPoint("ledger.after-commit");
    return result;
  } catch (error) {
    writer?.undo();
    rollBack(database);
    throw diskError(error, folder);
  }
}

/** Takes the write lock with an index that holds all of the logs. */
function beginUpToDate(core: Core): void {
  const { database, folder, replica } = core;
  faultPoint("ledger.before-begin");
  for (let left = "";;) {
    begin(database, folder);
    try {
      if (lagOf(database, folder) === left) return;
      catchUp(database, { folder, replica });
      left = lagOf(database, folder);
      // Kept whatever becomes of the change. Before the lock is taken again another writer may have been killed.
      database.script("COMMIT");
    } catch (error) {
      rollBack(database);
      throw diskError(error, folder);
    }
    faultPoint("ledger.after-catch-up");
  }
}

function begin(database: Database, folder: string): void {
  try {
    beginWrite(database);
  } catch (error) {
    throw isBusy(error) ? busyError(folder) : diskError(error, folder);
  }
}

/**
 * The `.beads` folder for the place a command was called in: BEADS_DIR, the town of GT_TOWN, the town around it, or the nearest upwards.
 *
 * @throws {CommandError} `no_ledger`.
 */
export function findLedger(ports: Pick<Ports, "env" | "files">): string {
  const { env, files } = ports;
  const named = env.get("BEADS_DIR") ?? (env.get("GT_TOWN") && join(env.get("GT_TOWN")!, ".beads"));
  if (named) {
    const folder = resolve(env.cwd(), named);
    if (!files.exists(folder)) throw noLedger(folder);
    return folder;
  }
  let nearest: string | undefined;
  for (let at = resolve(env.cwd());; at = dirname(at)) {
    const folder = join(at, ".beads");
    if (files.exists(folder)) {
      // A worktree of a rig may have beads of its own; inside a town there is one ledger.
      if (files.exists(join(at, "town.yaml"))) return folder;
      nearest ??= folder;
    }
    if (dirname(at) === at) break;
  }
  if (nearest !== undefined) return nearest;
  throw noLedger(undefined);
}

function noLedger(folder: string | undefined): CommandError {
  const state = folder === undefined ? "there is none here or above" : `"${folder}" does not exist`;
  return new CommandError("refused", `Cannot find the ledger: ${state}`, {
    code: "no_ledger",
    hints: ["bd init", "gt install PATH"],
  });
}
