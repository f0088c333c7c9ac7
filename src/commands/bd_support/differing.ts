import { compareIds } from "../../beads/dependencies.ts";
import { type Difference, differenceOf } from "../../beads/differences.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { BeadKey, Ledger } from "../../ledger/ledger.ts";
import { type Counts, keysChangedBy, keysChangedSince, upTo } from "../../ledger/past.ts";
import { syncStatus } from "../../ledger/sync_status.ts";
import { momentOf } from "./moment.ts";

/** What became of some beads. */
export interface Differences {
  counts: Record<Difference["change"], number>;
  /** Each in turn, up to a number (0 for all); walk through them within `atOnce`. */
  each(limit: number): Iterable<Difference>;
}

/** How many are remembered between counting and telling; what became of the others is worked out again. */
const REMEMBERED = 200;

/** What became of beads since a moment, or since this clone was last pushed; created ones first, then by id. */
export async function differencesFor(
  context: Context,
  asked: { ledger: Ledger; since: string | undefined; names: readonly string[] },
): Promise<Differences> {
  const { ledger: { view }, names } = asked;
  const only = new Set(names.map((name) => (view.beadById(name) ?? resolveBead(view, name)).key));
  const { before, keys } = await changedFor(context, asked);
  const counts = { created: 0, changed: 0, deleted: 0 };
  const found: BeadKey[] = [];
  // Beside each key what it is sorted by; and never all of the differences, which may be more than fits into memory.
  const ranks: number[] = [];
  const ids: string[] = [];
  const remembered = new Map<BeadKey, Difference>();
  for (const key of keys) {
    if (only.size > 0 && !only.has(key)) continue;
    const difference = differenceOf(view, { key, before });
    if (!difference) continue;
    counts[difference.change]++;
    ranks.push(RANKS[difference.change]);
    ids.push(difference.bead.id);
    found.push(key);
    if (remembered.size < REMEMBERED) remembered.set(key, difference);
  }
  const order = [...found.keys()].sort((one, other) =>
    ranks[one]! - ranks[other]! || compareIds(ids[one]!, ids[other]!)
  );
  return {
    counts,
    *each(limit) {
      for (const at of limit === 0 ? order : order.slice(0, limit)) {
        const key = found[at]!;
        const difference = remembered.get(key) ?? differenceOf(view, { key, before });
        if (difference) yield difference;
      }
    },
  };
}

const RANKS = { created: 0, changed: 1, deleted: 2 };

/** The beads that changed, and which operations were there before. */
async function changedFor(
  context: Context,
  { ledger, since }: { ledger: Ledger; since: string | undefined },
): Promise<{ before: Counts; keys: BeadKey[] }> {
  const { view, replica } = ledger;
  if (since !== undefined) {
    const at = await momentOf(context, { ledger, text: since });
    return { before: upTo(at), keys: keysChangedSince(view, at) };
  }
  const { operations, pending } = syncStatus(ledger);
  const after = operations - pending;
  return {
    before: (operation) => operation.replica !== replica || operation.sequence <= after,
    keys: keysChangedBy(view, { replica, after }),
  };
}
