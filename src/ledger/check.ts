import { join } from "node:path";
import { isDeleted } from "./bead_state.ts";
import { recomputeBlocked } from "./blocked_graph.ts";
import { type Database, inTransaction, openDatabase, rollBack, WRITER_PATIENCE_MS } from "./database.ts";
import { foldOperations, sameJson } from "./fold.ts";
import { rebuildIndex } from "./index_open.ts";
import { loadState, operationsOf } from "./index_write.ts";
import type { Json } from "../lib/json.ts";
import { catchUp } from "./replay.ts";
import { readReplica } from "./replica.ts";
import { type Damage, findDamage } from "./repair.ts";

/** What does not agree within a ledger; all empty when everything does. */
export interface LedgerCheck {
  /** Places in the logs that cannot be read. */
  damage: Damage[];
  /** Keys of beads whose row is not the fold of their operations. */
  wrongBeads: string[];
  /** Keys of beads of which a full recomputation says otherwise whether they are blocked. */
  wrongBlocked: string[];
  /** Keys of beads that were removed but are kept because somebody edited them meanwhile. */
  revived: string[];
}

/** Compares the index with the logs and with a computation from nothing. Reads everything, changes nothing. */
export function checkLedger({ folder }: { folder: string }): LedgerCheck {
  const database = openDatabase(join(folder, "index.db"));
  try {
    database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}; BEGIN IMMEDIATE`);
    const wrongBlocked = recomputeBlocked(database);
    const { wrongBeads, revived } = compareBeads(database);
    return { damage: findDamage({ folder }), wrongBeads, wrongBlocked, revived };
  } finally {
    rollBack(database);
    database.close();
  }
}

function compareBeads(database: Database): { wrongBeads: string[]; revived: string[] } {
  const wrongBeads: string[] = [];
  const revived: string[] = [];
  for (const { key } of database.all<{ key: string }>("SELECT key FROM beads ORDER BY key")) {
    const stored = loadState(database, key)!;
    const folded = foldOperations(key, operationsOf(database, key));
    if (!sameJson(stored as unknown as Json, JSON.parse(JSON.stringify(folded)))) wrongBeads.push(key);
    if (stored.deletions.length > 0 && !isDeleted(stored)) revived.push(key);
  }
  return { wrongBeads, revived };
}

/** Makes the index anew from the logs, which sets right whatever {@linkcode checkLedger} found wrong in it. */
export function renewIndex({ folder }: { folder: string }): void {
  const database = openDatabase(join(folder, "index.db"));
  try {
    database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
    // What a log has lost is put back from the index before that is taken down.
    const replica = readReplica(folder);
    inTransaction(database, () => catchUp(database, { folder, replica }));
    rebuildIndex(database, { folder, replica, always: true });
  } finally {
    database.close();
  }
}
