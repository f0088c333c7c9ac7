import { issueShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Bead, Transaction } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Env } from "../../ports/env.ts";
import { isoTime } from "../../ports/time.ts";
import { refuseOfRun, refuseTaking } from "./guard.ts";
import { withLedger } from "./ledger.ts";
import { doneLine } from "./marks.ts";
import { parseWhen } from "./when.ts";

/** Puts beads off or brings them back. @throws {CommandError} `not_open` for one that is closed or in work. */
export async function deferBeads(
  context: Context,
  change: { verb: string; fields: JsonObject },
): Promise<void> {
  const { args, out } = context;
  await withLedger(context, (ledger) => {
    const names = args.bead as readonly string[];
    const changed = ledger.write(
      context.actor,
      (transaction) => deferNamed(transaction, { names, fields: change.fields, env: context.ports.env }),
    );
    for (const bead of changed) out.line(doneLine(out.style, { verb: change.verb, bead }));
    out.result(changed.map((bead) => issueShape(ledger.view, bead)));
  });
}

/** Puts beads off or brings them back, as part of a change. @throws {CommandError} `not_open`. */
export function deferNamed(
  transaction: Transaction,
  { names, fields, env }: { names: readonly string[]; fields: JsonObject; env: Env },
): Bead[] {
  return names.map((name) => {
    const bead = resolveBead(transaction, name);
    refuseTaking("defer", { view: transaction, bead, env });
    refuseOfRun("defer", { view: transaction, bead });
    if (bead.status === "closed") {
      throw new CommandError("refused", `Cannot defer bead "${bead.id}": it is closed`, {
        code: "not_open",
        hints: [`bd reopen ${bead.id}`],
      });
    }
    return transaction.set(bead.key, fields);
  });
}

/** The fields that `bd defer` sets; without a moment the beads stay deferred. */
export function deferralOf(until: string | undefined, now: number): JsonObject {
  return until === undefined ? { status: "deferred" } : { defer_until: isoTime(parseWhen(until, { now })) };
}

/** The fields that bring a deferred bead back. */
export const UNDEFERRED: JsonObject = { status: "open", defer_until: null };
