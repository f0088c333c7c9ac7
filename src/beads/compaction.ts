import type { Bead, BeadKey, Operation, Transaction, View } from "../ledger/ledger.ts";
import { pastBead } from "../ledger/past.ts";
import { CommandError } from "../lib/errors.ts";
import type { Json, JsonObject } from "../lib/json.ts";
import { isoTime } from "../ports/time.ts";
import { notInternal } from "./ready.ts";

/** A bead whose long texts can be taken out, with their sizes in characters. */
export interface Compactable {
  key: BeadKey;
  id: string;
  title: string;
  before: number;
  after: number;
}

/** Texts that a closed bead seldom needs. */
const TEXTS = ["description", "design", "acceptance_criteria", "notes"] as const;

/** How much of a description stays. */
const KEPT = 240;

/** Closed beads with at least `minimum` characters of text, not compacted yet: those named, or those closed before a time in ms. */
export function compactable(
  view: View,
  chosen: { keys?: readonly BeadKey[]; closedBefore: number; minimum: number },
): Compactable[] {
  const keys = chosen.keys ?? view.rows<{ key: BeadKey }>(
    `SELECT key FROM beads WHERE status = 'closed' AND closed < ? AND ${notInternal()} ORDER BY closed, id`,
    chosen.closedBefore,
  ).map((row) => row.key);
  // One at a time: all closed beads of a large ledger do not fit into memory together.
  return keys.flatMap((key) => {
    const bead = view.beadByKey(key)!;
    if (bead.status !== "closed" || bead.fields.compaction_level === 1) return [];
    const before = TEXTS.reduce((sum, name) => sum + (bead[name]?.length ?? 0), 0);
    const after = summaryOf(bead, before).length;
    const { id, title } = bead;
    return before >= chosen.minimum && after < before ? [{ key, id, title, before, after }] : [];
  });
}

/** Takes the long texts out of closed beads. They stay in the log: in `bd show --as-of` and for {@linkcode restoreTexts}. */
export function compactBeads(transaction: Transaction, chosen: readonly Compactable[]): void {
  for (const { key, before } of chosen) {
    const bead = transaction.beadByKey(key)!;
    transaction.set(key, {
      description: summaryOf(bead, before),
      design: null,
      acceptance_criteria: null,
      notes: null,
      compaction_level: 1,
      compacted_at: isoTime(transaction.now),
      original_size: before,
      // Nobody worked on it.
      updated_at: bead.updated_at,
    });
  }
}

function summaryOf(bead: Bead, size: number): string {
  const text = bead.description ?? "";
  const first = text.split(/\n\s*\n/)[0]!.trim();
  const short = first.length <= KEPT ? first : `${first.slice(0, KEPT - 1).trimEnd()}…`;
  const note = `(compacted from ${size} characters; all of them: bd compact --restore ${bead.id})`;
  return short === "" ? note : `${short}\n\n${note}`;
}

/** Puts the texts of a compacted bead back as they were. @throws {CommandError} `not_compacted`. */
export function restoreTexts(transaction: Transaction, bead: Bead): Bead {
  const operations = transaction.history(bead.key);
  const at = operations.findLastIndex(compacts);
  if (at < 0 || bead.fields.compaction_level !== 1) {
    throw new CommandError("refused", `Cannot restore bead "${bead.id}": it is not compacted`, {
      code: "not_compacted",
      hints: [`bd show ${bead.id}`],
    });
  }
  const earlier = new Set(operations.slice(0, at).map(({ o }) => o));
  const old = pastBead(transaction, { key: bead.key, counts: ({ o }) => earlier.has(o) });
  const fields: Record<string, Json> = { compaction_level: null, compacted_at: null, original_size: null };
  fields.updated_at = bead.updated_at;
  for (const name of TEXTS) fields[name] = old?.[name] ?? null;
  return transaction.set(bead.key, fields);
}

function compacts({ k, f }: Operation): boolean {
  return k === "set" && (f.set as JsonObject | undefined)?.compaction_level === 1;
}
