import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A value SQLite takes. */
export type SqlValue = string | number | null;

/** An SQLite database whose statements are prepared once each. */
export interface Database {
  run(sql: string, ...values: SqlValue[]): void;
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  /** The rows one after the other, never all of them in memory; the tables they come from must stand still meanwhile. */
  each<Row>(sql: string, ...values: SqlValue[]): Iterable<Row>;
  /** Runs several statements without values. */
  script(sql: string): void;
  close(): void;
}

/** How long a writer waits for others, in ms. */
export const WRITER_PATIENCE_MS = 30_000;

/** Opens or makes a database file. Nothing is read before the first statement. */
export function openDatabase(path: string): Database {
  const handle = new DatabaseSync(path);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, statement = handle.prepare(sql));
    return statement;
  };
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    get: <Row>(sql: string, ...values: SqlValue[]) =>
      (prepared(sql).get(...values) ?? undefined) as Row | undefined,
    all: <Row>(sql: string, ...values: SqlValue[]) => prepared(sql).all(...values) as Row[],
    // A statement of its own, since one that is being walked through cannot be asked again.
    each: <Row>(sql: string, ...values: SqlValue[]) =>
      handle.prepare(sql).iterate(...values) as unknown as Iterable<Row>,
    script: (sql) => handle.exec(sql),
    close() {
      statements.clear();
      handle.close();
    },
  };
}

/** A database that another may take the place of: every call goes to the one that `current` returns. */
export function delegateDatabase(current: () => Database): Database {
  return {
    run: (sql, ...values) => current().run(sql, ...values),
    get: (sql, ...values) => current().get(sql, ...values),
    all: (sql, ...values) => current().all(sql, ...values),
    each: (sql, ...values) => current().each(sql, ...values),
    script: (sql) => current().script(sql),
    close: () => current().close(),
  };
}

/** Runs `work` in one write transaction: all of it happens or nothing. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.script("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.script("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/**
 * Starts a write transaction, waiting for the others that write. SQLite's own waiting asks ever more rarely, so that of
 * fifty writers an unlucky one is passed over for half a minute; here who has waited longer asks more often.
 *
 * @throws "database is locked" after {@linkcode WRITER_PATIENCE_MS}.
 */
export function beginWrite(database: Database): void {
  const since = performance.now();
  database.script("PRAGMA busy_timeout = 0");
  try {
    for (;;) {
      try {
        return database.script("BEGIN IMMEDIATE");
      } catch (error) {
        const waited = performance.now() - since;
        if (!isBusy(error) || waited > WRITER_PATIENCE_MS) throw error;
        pause(waited < 10 ? 2 : waited < 1_000 ? 30 : waited < 5_000 ? 15 : 8);
      }
    }
  } finally {
    database.script(PATIENT);
  }
}

const PATIENT = `PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`;

/**
 * Lets readers and a writer work side by side, for good. SQLite does not wait for a busy database here by itself.
 *
 * @throws "database is locked" after ten seconds.
 */
export function keepJournalBeside(database: Database): void {
  for (let tries = 0;; tries++) {
    try {
      return database.script("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (!isBusy(error) || tries >= 400) throw error;
      pause(25);
    }
  }
}

/** Stops this thread for some ms. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Ends a transaction without effect; one that SQLite has ended by itself is fine. */
export function rollBack(database: Database): void {
  try {
    database.script("ROLLBACK");
  } catch {
    // A full disk or an I/O error has rolled it back already.
  }
}

/** Whether an error says that another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return /database is locked|database table is locked|busy/i.test((error as Error)?.message ?? "");
}

/** Whether an error says that the file is no sound database. */
export function isCorrupt(error: unknown): boolean {
  return /malformed|not a database|file is encrypted|corrupt/i.test((error as Error)?.message ?? "");
}
