import { issueShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { refuseAtWork } from "./guard.ts";
import { withLedger } from "./ledger.ts";
import { doneLine } from "./marks.ts";

/** Puts beads off or brings them back. @throws {CommandError} `not_open` for one that is closed or in work. */
export async function deferBeads(
  context: Context,
  change: { verb: string; fields: JsonObject },
): Promise<void> {
  const { args, out } = context;
  await withLedger(context, (ledger) => {
    const changed = ledger.write(
      context.actor,
      (transaction) =>
        (args.bead as readonly string[]).map((name) => {
          const bead = resolveBead(transaction, name);
          refuseAtWork("defer", bead);
          if (bead.status === "closed") {
            throw new CommandError("refused", `Cannot defer bead "${bead.id}": it is closed`, {
              code: "not_open",
              hints: [`bd reopen ${bead.id}`],
            });
          }
          return transaction.set(bead.key, change.fields);
        }),
    );
    for (const bead of changed) out.line(doneLine(out.style, { verb: change.verb, bead }));
    out.result(changed.map((bead) => issueShape(ledger.view, bead)));
  });
}
