/**
 * What the crash and concurrency tests run as processes of their own: `change_script.ts <folder> <verb> <actor> [count]`.
 *
 * @module
 */
import { CommandError } from "../../../src/lib/errors.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { createPorts } from "../../../src/ports/ports.ts";
import { claimBead } from "../../../src/beads/claim.ts";

const [folder, verb, actor, count = "1"] = Deno.args;
const ledger = openLedger(createPorts(["deno"], "bd"), { folder: folder! });
for (let at = 0; at < Number(count); at++) {
  try {
    ledger.write(actor!, (tx) => {
      const { key } = tx.beadById("cs-1")!;
      if (verb === "claim") claimBead(tx, { key, actor: actor! });
      else if (verb === "comment") tx.comment(key, `${actor} ${at}`);
      // More than is held before it goes into the log.
      else if (verb === "large") { for (const part of "abcd") tx.comment(key, part.repeat(700_000)); }
      else {
        tx.comment(key, `${actor} first`);
        tx.set(key, { title: `${actor} title` });
        tx.addLabel(key, actor!);
      }
    });
    console.log(`done ${at}`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.log(`refused ${error.code}`);
  }
}
