import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import {
  type Database,
  inTransaction,
  isBusy,
  isCorrupt,
  keepJournalBeside,
  openDatabase,
} from "./database.ts";
import { busyError } from "./index_open.ts";
import { ledgerGone } from "./ledger_error.ts";
import type { Ephemeral } from "./ledger.ts";
import { diskError } from "./log_files.ts";
import { isGone } from "./replica.ts";

/** Values of this machine only, in a database of their own so that heartbeats disturb no reader of the ledger. */
export function createEphemeral({ folder }: { folder: string }): Ephemeral & { close(): void } {
  let opened: Database | undefined;
  const using = <T>(use: (database: Database) => T): T => {
    try {
      return use(opened ??= openLocal(folder));
    } catch (error) {
      if (isBusy(error)) throw busyError(folder);
      throw opened && isGone(folder) ? ledgerGone(folder, error) : diskError(error, folder);
    }
  };
  return {
    get: <Value extends Json>(kind: string, key: string) =>
      using((database) => read(database, { kind, key })) as Value | undefined,
    put: (kind, key, value) => using((database) => write(database, { kind, key, value })),
    swap: (kind, key, expected, value) =>
      using((database) =>
        inTransaction(database, () => {
          if (JSON.stringify(read(database, { kind, key })) !== JSON.stringify(expected)) return false;
          if (value === undefined) remove(database, { kind, key });
          else write(database, { kind, key, value });
          return true;
        })
      ),
    remove: (kind, key) => using((database) => remove(database, { kind, key })),
    list: <Value extends Json>(kind: string) =>
      using((database) =>
        database.all<{ key: string; value: string }>(
          "SELECT key, value FROM ephemeral WHERE kind = ? ORDER BY key",
          kind,
        )
      ).map((row) => ({ key: row.key, value: JSON.parse(row.value) as Value })),
    close() {
      opened?.close();
      opened = undefined;
    },
  };
}

function read(database: Database, { kind, key }: { kind: string; key: string }): Json | undefined {
  const row = database.get<{ value: string }>(
    "SELECT value FROM ephemeral WHERE kind = ? AND key = ?",
    kind,
    key,
  );
  return row && JSON.parse(row.value);
}

function write(database: Database, { kind, key, value }: { kind: string; key: string; value: Json }): void {
  const text = JSON.stringify(value);
  database.run("INSERT OR REPLACE INTO ephemeral (kind, key, value) VALUES (?, ?, ?)", kind, key, text);
}

function remove(database: Database, { kind, key }: { kind: string; key: string }): void {
  database.run("DELETE FROM ephemeral WHERE kind = ? AND key = ?", kind, key);
}

function openLocal(folder: string): Database {
  const path = join(folder, "local", "ephemeral.db");
  try {
    mkdirSync(join(folder, "local"), { recursive: true });
    return prepare(path);
  } catch (error) {
    const refusal = diskError(error, folder);
    // Nothing can be remembered where nothing can be written, and nothing has to be.
    if (refusal instanceof CommandError && refusal.code === "read_only") return prepare(":memory:");
    if (!isCorrupt(error)) throw refusal;
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    return prepare(path);
  }
}

/** Nothing here outlives a reboot usefully, so it need not be flushed. */
function prepare(path: string): Database {
  const database = openDatabase(path);
  database.script("PRAGMA busy_timeout = 10000; PRAGMA synchronous = OFF");
  const found = database.get("SELECT 1 FROM sqlite_master WHERE name = 'ephemeral'");
  if (!found) {
    keepJournalBeside(database);
    inTransaction(database, () => {
      database.script(`CREATE TABLE IF NOT EXISTS ephemeral
        (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID`);
    });
  }
  return database;
}
