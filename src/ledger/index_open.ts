import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { CommandError } from "../lib/errors.ts";
import {
  type Database,
  delegateDatabase,
  inTransaction,
  isBusy,
  isCorrupt,
  keepJournalBeside,
  openDatabase,
  WRITER_PATIENCE_MS,
} from "./database.ts";
import { INDEX_VERSION, makeTables } from "./index_schema.ts";
import { diskError } from "./log_files.ts";
import { catchUp, isBehind } from "./replay.ts";
import { takeSpareLogs } from "./spare_logs.ts";

/** Opens the index of a ledger; one that is missing, of another version or damaged is made anew from the logs. */
export function openIndex({ folder, replica }: { folder: string; replica: string | undefined }): Database {
  const path = join(folder, "index.db");
  try {
    const database = prepare(path);
    if (versionOf(database) !== INDEX_VERSION) rebuildIndex(database, { folder, replica });
    else takeLeftovers(database, { folder, replica });
    return database;
  } catch (error) {
    if (!isCorrupt(error)) return openReadOnly(folder, diskError(error, folder));
  }
  setAside(folder);
  const database = prepare(path);
  rebuildIndex(database, { folder, replica });
  return database;
}

/** An index in memory, for reading a folder that cannot be written. @throws `error` when that is not what it says. */
function openReadOnly(folder: string, error: unknown): Database {
  const isReadOnly = error instanceof CommandError && error.code === "read_only";
  if (!isReadOnly || !existsSync(join(folder, "ops"))) throw error;
  const database = openDatabase(":memory:");
  inTransaction(database, () => {
    makeTables(database);
    catchUp(database, { folder, replica: undefined });
  });
  return database;
}

/** An open index, and whether its file is still the one in the folder: a lock on the old file guards nothing. */
export interface LiveIndex {
  /** Always the index that stands in the folder. */
  database: Database;
  /** Whether its file was removed or replaced. */
  isReplaced(): boolean;
  /** Opens the one that stands there now, or makes it. */
  refresh(): void;
}

/** Opens the index so that it survives the removal of its file by somebody else. */
export function openLiveIndex(options: { folder: string; replica: string | undefined }): LiveIndex {
  const path = join(options.folder, "index.db");
  const inode = () => statSync(path, { throwIfNoEntry: false })?.ino;
  let open = openIndex(options);
  let known = inode();
  return {
    database: delegateDatabase(() => open),
    isReplaced: () => inode() !== known,
    refresh() {
      const old = open;
      open = openIndex(options);
      known = inode();
      old.close();
    },
  };
}

function prepare(path: string): Database {
  const existed = existsSync(path);
  const database = openDatabase(path);
  database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
  if (!existed || versionOf(database) === 0) keepJournalBeside(database);
  database.script("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000");
  return database;
}

function versionOf(database: Database): number {
  return database.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}

/** Makes all tables anew from the logs, unless another process has done it meanwhile. */
export function rebuildIndex(
  database: Database,
  { folder, replica, always = false }: { folder: string; replica: string | undefined; always?: boolean },
): void {
  inTransaction(database, () => {
    if (!always && versionOf(database) === INDEX_VERSION) return;
    makeTables(database);
    takeSpareLogs(folder);
    catchUp(database, { folder, replica });
    database.script(`PRAGMA user_version = ${INDEX_VERSION}`);
  });
}

/** Takes in what a killed process left in the logs; when somebody is writing right now, they do it or the next will. */
function takeLeftovers(database: Database, options: { folder: string; replica: string | undefined }): void {
  if (!isBehind(database, options.folder)) return;
  database.script("PRAGMA busy_timeout = 0");
  try {
    inTransaction(database, () => catchUp(database, options));
  } catch (error) {
    if (isBusy(error)) return;
    if (!isDamagedLog(error)) throw error;
    database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
    startAnew(database, { ...options, error });
  } finally {
    database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
  }
}

function isDamagedLog(error: unknown): boolean {
  return error instanceof CommandError && error.code === "log_damaged";
}

/**
 * Makes the index from the logs as they are now: a line that somebody changed in length moves all that follow it, so
 * reading on where the last reading ended finds half a line.
 *
 * @throws {CommandError} when a line cannot be read, or the index still holds operations that the logs have lost.
 */
function startAnew(
  database: Database,
  { error, ...options }: { folder: string; replica: string | undefined; error: unknown },
): void {
  const count = () => database.get<{ n: number }>("SELECT COUNT(*) AS n FROM ops")?.n ?? 0;
  inTransaction(database, () => {
    const before = count();
    makeTables(database);
    catchUp(database, options);
    if (count() < before) throw error;
  });
}

/** Moves a damaged index away, one process at a time. */
function setAside(folder: string): void {
  mkdirSync(join(folder, "local"), { recursive: true });
  const lock = openDatabase(join(folder, "local", "rebuild.lock"));
  lock.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
  try {
    inTransaction(lock, () => {
      if (isSound(join(folder, "index.db"))) return;
      for (const end of ["", "-wal", "-shm"]) {
        const path = join(folder, `index.db${end}`);
        if (end === "" && existsSync(path)) renameSync(path, `${path}.damaged-${process.pid}`);
        else rmSync(path, { force: true });
      }
      rmSync(join(folder, `index.db.damaged-${process.pid}`), { force: true });
    });
  } finally {
    lock.close();
  }
}

function isSound(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const database = openDatabase(path);
    try {
      database.get("SELECT COUNT(*) FROM beads");
      return true;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

/** What a process is told that waited for others too long. */
export function busyError(folder: string): CommandError {
  return new CommandError(
    "refused",
    `Cannot write to the ledger in "${folder}": another process keeps it locked`,
    {
      code: "ledger_busy",
      hints: ["Run the command again", "bd doctor"],
    },
  );
}
