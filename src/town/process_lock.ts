import { join } from "node:path";
import { type Database, isBusy, openDatabase } from "../ledger/database.ts";
import type { Observation } from "../lib/observation.ts";
import type { Ports } from "../ports/ports.ts";

/** A lock that its process holds until it releases it or dies, however it dies. */
export interface ProcessLock {
  release(): void;
}

// The system drops these locks when their process closes the file by any other way: it must never be read as text.
const begin = "BEGIN IMMEDIATE";

/** Handles in use: one that is collected would give its lock away. */
const held = new Set<Database>();

/** Path of the lock with this name. */
export function lockPath(folder: string, name: string): string {
  return join(folder, `${name}.lock`);
}

/** Takes a lock that nobody holds; undefined when somebody does. Makes the file when there is none. */
export function takeLock(
  ports: Pick<Ports, "files">,
  options: { folder: string; name: string },
): ProcessLock | undefined {
  ports.files.makeFolder(options.folder);
  const database = openDatabase(lockPath(options.folder, options.name));
  try {
    database.script(begin);
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

/** Whether any process holds a lock. Spawns nothing and leaves no trace. */
export function observeLock(
  ports: Pick<Ports, "files">,
  options: { folder: string; name: string },
): Observation {
  const path = lockPath(options.folder, options.name);
  try {
    if (!ports.files.exists(path)) return "gone";
    const database = openDatabase(path);
    try {
      database.script(begin);
      return "gone";
    } catch (error) {
      return isBusy(error) ? "alive" : "unknown";
    } finally {
      database.close();
    }
  } catch {
    return "unknown";
  }
}
