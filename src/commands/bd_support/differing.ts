import { compareIds } from "../../beads/dependencies.ts";
import { type Difference, differenceOf } from "../../beads/differences.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type Counts, keysChangedBy, keysChangedSince, upTo } from "../../ledger/past.ts";
import { syncStatus } from "../../ledger/sync.ts";
import { momentOf } from "./moment.ts";

/** What became of beads since a moment, or since this clone was last pushed; created ones first, then by id. */
export async function differencesFor(
  context: Context,
  asked: { ledger: Ledger; since: string | undefined; names: readonly string[] },
): Promise<Difference[]> {
  const { ledger, since, names } = asked;
  const { view, replica } = ledger;
  const only = new Set(names.map((name) => (view.beadById(name) ?? resolveBead(view, name)).key));
  let before: Counts;
  let keys: ReturnType<typeof keysChangedSince>;
  if (since === undefined) {
    const { operations, pending } = syncStatus(ledger);
    // A copied folder is a new clone that remembers what the old one pushed.
    const after = pending < 0 ? 0 : operations - pending;
    before = (operation) => operation.replica !== replica || operation.sequence <= after;
    keys = keysChangedBy(view, { replica, after });
  } else {
    const at = await momentOf(context, { ledger, text: since });
    before = upTo(at);
    keys = keysChangedSince(view, at);
  }
  const order = { created: 0, changed: 1, deleted: 2 };
  return keys.filter((key) => only.size === 0 || only.has(key))
    .flatMap((key) => differenceOf(view, { key, before }) ?? [])
    .sort((one, other) => order[one.change] - order[other.change] || compareIds(one.bead.id, other.bead.id));
}
