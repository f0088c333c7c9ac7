import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Observation } from "../lib/observation.ts";
import type { Clock } from "./clock.ts";
import { writingAt } from "./disk_error.ts";

/** A lock that is held; it ends with its process, however that ends. */
export interface Lock {
  release(): void;
}

/** Handles that are open: a lock whose handle the garbage collector took would be lost. */
const held = new Set<DatabaseSync>();

/** Takes the lock that a file stands for, or returns undefined while another process, or a caller here, holds it. @throws {CommandError} when the disk refuses. */
export function tryLock(file: string): Lock | undefined {
  const database = writingAt(file, () => openLocked(file));
  if (!database) return undefined;
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

function openLocked(file: string): DatabaseSync | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
    return database;
  } catch (error) {
    database.close();
    if (/database is locked/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** Takes a lock, waiting up to `waitMs` (10 000 by default) for whoever has it; undefined when it did not come free. */
export async function waitForLock(
  clock: Clock,
  options: { file: string; waitMs?: number },
): Promise<Lock | undefined> {
  const until = clock.monotonic() + (options.waitMs ?? 10_000);
  for (;;) {
    const lock = tryLock(options.file);
    if (lock || clock.monotonic() >= until) return lock;
    await clock.sleep(20);
  }
}

/** Whether any process holds the lock that a file stands for. Never makes the file. */
export function observeLock(file: string): Observation {
  if (!existsSync(file)) return "gone";
  try {
    const lock = tryLock(file);
    lock?.release();
    return lock ? "gone" : "alive";
  } catch {
    return "unknown";
  }
}
