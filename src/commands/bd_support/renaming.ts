import { defaultPrefix } from "../../beads/ids.ts";
import { renameBeads, type Renaming } from "../../beads/rename.ts";
import type { Context } from "../../cli/command.ts";
import type { Transaction, View } from "../../ledger/ledger.ts";
import { printable } from "../../lib/printable.ts";
import { refuseAtWork } from "./guard.ts";
import { withLedger } from "./ledger.ts";
import { tryOut } from "./try_out.ts";

/** How many renamed beads are shown to a person. */
const SHOWN = 10;

/** Renames the beads that are chosen, all or none, and tells about it. */
export async function renameAndPrint(
  context: Context,
  asked: { dry: boolean; prefix?: { from: string; to: string }; choose: (view: View) => Renaming[] },
): Promise<void> {
  const { out } = context;
  const { dry, prefix } = asked;
  const change = (transaction: Transaction) => {
    const renamings = asked.choose(transaction);
    for (const { key } of renamings) refuseAtWork("rename", transaction.beadByKey(key)!);
    renameBeads(transaction, renamings);
    if (prefix && defaultPrefix(transaction) === prefix.from) transaction.setSetting("prefix", prefix.to);
    return renamings;
  };
  await withLedger(context, (ledger) => {
    const renamings = tryOut(ledger, { actor: context.actor, dry, change });
    const { style } = out;
    const count = renamings.length === 1 ? "1 bead" : `${renamings.length} beads`;
    out.line(dry ? `Would rename ${count}` : `${style.green("✓")} Renamed ${count}; old ids keep working`);
    for (const { from, to } of renamings.slice(0, SHOWN)) {
      out.line(`  ${style.dim(printable(from))} → ${style.cyan(printable(to))}`);
    }
    if (renamings.length > SHOWN) out.line(style.dim(`  and ${renamings.length - SHOWN} more`));
    out.result({
      ...(dry ? { dry_run: true } : {}),
      renamed: renamings.map(({ from, to }) => ({ from, to })),
      count: renamings.length,
      ...(prefix ? { prefix: prefix.to } : {}),
    });
  });
}
