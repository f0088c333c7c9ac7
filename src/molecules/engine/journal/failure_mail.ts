import { present } from "../../../lib/present.ts";
import type { Transaction } from "../../../ledger/ledger.ts";
import { archiveMade } from "../../../town/mail/mail.ts";
import { writeMessage } from "../../../town/mail/messages.ts";
import type { RunState } from "../../machine/run.ts";
import type { OpenRun } from "./run_log.ts";
import { runName } from "./step_at.ts";

/** Tells whoever began a run, and the overseer, that it has failed; each failure is a message of its own. */
export function tellOfFailure(transaction: Transaction, { key, begun, run }: OpenRun): void {
  const name = runName(key);
  for (const to of readers(begun.by)) {
    writeMessage(transaction, {
      identity: identityOf(name, { run, to }),
      from: transaction.actor,
      to,
      subject: `RUN_FAILED ${name}: ${begun.definition.name}`,
      body: [
        run.reason?.text ?? "no reason given",
        "",
        `gt mol status ${name}`,
        `gt mol logs ${name}`,
        `gt mol retry ${name}`,
      ].join("\n"),
      urgent: true,
      ...present({ about: begun.bead?.key }),
    });
  }
}

/** Archives what {@linkcode tellOfFailure} wrote when the run had this state: it goes on. */
export function takeFailureBack(
  transaction: Transaction,
  { open: { key, begun }, failed }: { open: OpenRun; failed: RunState },
): void {
  const name = runName(key);
  archiveMade(transaction, readers(begun.by).map((to) => identityOf(name, { run: failed, to })));
}

function identityOf(name: string, { run, to }: { run: RunState; to: string }): string {
  return `${name}.failed.${run.since}.${to}`;
}

/** A worker's number outlives the work in which it began a run: it is told nothing. */
function readers(owner: string): string[] {
  return [...new Set(/^worker-\d+$/.test(owner) ? ["overseer"] : [owner, "overseer"])];
}
