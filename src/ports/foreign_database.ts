import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A value in a row of a database. */
export type DatabaseValue = string | number | null;

/**
 * Asks an SQLite database of another program, without ever changing it; empty where there is no such file.
 *
 * @throws {Error} when it is no database, is busy for too long, or has no such tables.
 */
export function askDatabase(
  file: string,
  question: { sql: string; values: readonly DatabaseValue[] },
): Record<string, DatabaseValue>[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 500");
    return database.prepare(question.sql).all(...question.values) as Record<string, DatabaseValue>[];
  } finally {
    database.close();
  }
}
