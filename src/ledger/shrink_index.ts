import { join } from "node:path";
import { openDatabase, WRITER_PATIENCE_MS } from "./database.ts";

/** Gives back the room in `index.db` that nothing uses any more. Waits for those who write. */
export function shrinkIndex({ folder }: { folder: string }): void {
  const database = openDatabase(join(folder, "index.db"));
  try {
    database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)`);
  } finally {
    database.close();
  }
}
