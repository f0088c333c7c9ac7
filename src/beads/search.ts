import type { Bead, BeadKey, View } from "../ledger/ledger.ts";
import { notInternal } from "./ready.ts";

/** What to look for. */
export interface SearchOptions {
  /** Beginnings of words that must all occur in what people wrote on a bead; case and accents do not count. */
  text: string;
  /** 50 by default; 0 for all. */
  limit?: number;
  status?: string;
  includeInternal?: boolean;
}

/** Issues with all the words: those with all of them in id and title first, each part with the best match first. */
export function searchBeads(view: View, options: SearchOptions): Bead[] {
  return view.atOnce(() => [...eachFound(view, options)]);
}

/** The same issues one after the other; walk through them within `atOnce`. */
export function* eachFound(view: View, options: SearchOptions): Generator<Bead> {
  const words = wordsOf(options.text);
  if (words.length === 0) return;
  let limit = options.limit === 0 ? Number.MAX_SAFE_INTEGER : options.limit ?? 50;
  const all = words.join(" AND ");
  const named = findKeys(view, { ...options, match: `{name title} : (${all})`, limit });
  const found = new Set(named);
  if (found.size < limit) {
    // As many as the first look has found may be found again.
    for (const key of findKeys(view, { ...options, match: all, limit: limit + found.size })) found.add(key);
  }
  for (const key of found) {
    if (limit-- <= 0) return;
    const bead = view.beadByKey(key);
    if (bead) yield bead;
  }
}

/** The words as the full text index takes them: quoted, and each the beginning of one. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => `"${word.replace(/["\p{Cc}]/gu, " ")}" *`);
}

function findKeys(
  view: View,
  { match, limit, status, includeInternal }: SearchOptions & { match: string; limit: number },
): BeadKey[] {
  const conditions = ["words MATCH ?"];
  if (status !== undefined) conditions.push("status = ?");
  if (!includeInternal) conditions.push(notInternal());
  return view.rows<{ key: BeadKey }>(
    `SELECT key FROM words CROSS JOIN beads ON beads.n = words.rowid
     WHERE ${conditions.join(" AND ")} ORDER BY bm25(words, 4, 8, 1), updated DESC, id LIMIT ?`,
    match,
    ...(status === undefined ? [] : [status]),
    limit,
  ).map((row) => row.key);
}
