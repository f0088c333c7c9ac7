/** Claims, labels, notes and comments of one process among many: `mix_script.ts FOLDER ACTOR COUNT`; prints what was done. */
import process from "node:process";
import { claimBead } from "../../src/beads/claim.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { CommandError } from "../../src/lib/errors.ts";
import { testPorts } from "../unit/ledger/fixture.ts";

const [folder, actor, count] = process.argv.slice(2) as [string, string, string];
const ledger = openLedger(testPorts(), { folder });
for (let at = 0; at < Number(count); at++) {
  const word = `${actor}-${at}`;
  const kind = ["claim", "label", "note", "comment"][at % 4]!;
  const id = kind === "claim" ? `cs-wanted-${at}` : "cs-shared";
  try {
    ledger.write(actor, (tx) => {
      const { key } = tx.beadById(id)!;
      if (kind === "claim") claimBead(tx, { key, actor });
      if (kind === "label") tx.addLabel(key, word);
      if (kind === "note") tx.appendNotes(key, word);
      if (kind === "comment") tx.comment(key, word);
    });
    console.log(`${kind} ${kind === "claim" ? id : word}`);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== "already_claimed") throw error;
  }
}
ledger.close();
