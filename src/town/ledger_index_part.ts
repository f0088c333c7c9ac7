import { join } from "node:path";
import { openIndex, rebuildIndex } from "../ledger/index_open.ts";
import { openLedger } from "../ledger/open.ts";
import { projectionText } from "../ledger/projection.ts";
import type { Town } from "./town.ts";
import { fail, type Finding, ok, type TownPart } from "./town_part.ts";

/** The index of the ledger says what the logs say: they are folded anew beside it, and compared. */
export const ledgerIndex: TownPart = {
  name: "index of the ledger",
  look: compare,
  make({ ledger }) {
    const options = { folder: ledger.folder, replica: ledger.replica };
    const index = openIndex(options);
    try {
      rebuildIndex(index, { ...options, always: true });
    } finally {
      index.close();
    }
  },
};

function compare(town: Town): Finding {
  const { files, processes } = town.ports;
  const folder = join(town.paths.runtime, `check-${processes.pid}`);
  const before = town.ledger.version();
  try {
    copyLogs(town, folder);
    const fresh = openLedger(town.ports, { folder });
    try {
      const [wanted, found] = [projectionText(fresh.view), projectionText(town.ledger.view)];
      // Somebody wrote between the copy and the look.
      if (wanted !== found && town.ledger.version() === before) return fail("it differs from the logs");
      return ok("agrees with the logs");
    } finally {
      fresh.close();
    }
  } finally {
    files.remove(folder);
  }
}

function copyLogs(town: Town, folder: string): void {
  const { files } = town.ports;
  const from = join(town.paths.beads, "ops");
  files.makeFolder(join(folder, "ops"));
  for (const replica of files.list(from)) {
    for (const segment of files.list(join(from, replica))) {
      const text = files.readText(join(from, replica, segment));
      if (text !== undefined) files.writeText(join(folder, "ops", replica, segment), text);
    }
  }
}
