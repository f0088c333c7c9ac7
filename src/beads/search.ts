import type { Bead, View } from "../ledger/ledger.ts";
import { likeText } from "./list_condition.ts";
import { notInternal } from "./ready.ts";

/** What to look for. */
export interface SearchOptions {
  /** Words that must all occur in id, title, description, notes, design or comments. */
  text: string;
  /** 50 by default; 0 for all. */
  limit?: number;
  status?: string;
  includeInternal?: boolean;
}

/** Issues with all the words, those with a match in the id or title first, then the latest changed. */
export function searchBeads(view: View, options: SearchOptions): Bead[] {
  const words = options.text.trim().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [];
  const conditions = [options.status === undefined ? "status <> 'tombstone'" : "status = ?"];
  const values: string[] = options.status === undefined ? [] : [options.status];
  if (!options.includeInternal) conditions.push(notInternal());
  for (const word of words) {
    conditions.push(`(id LIKE ? ESCAPE '\\' OR title LIKE ? ESCAPE '\\' OR doc LIKE ? ESCAPE '\\')`);
    values.push(likeText(word), likeText(word), likeText(JSON.stringify(word).slice(1, -1)));
  }
  const found = view.beads(`${conditions.join(" AND ")} ORDER BY updated DESC, id`, ...values)
    .filter((bead) => words.every((word) => mentions(bead, word.toLowerCase())));
  const ranked = [
    ...found.filter((bead) => words.every((word) => isNamed(bead, word.toLowerCase()))),
    ...found.filter((bead) => !words.every((word) => isNamed(bead, word.toLowerCase()))),
  ];
  const limit = options.limit ?? 50;
  return limit > 0 ? ranked.slice(0, limit) : ranked;
}

function isNamed(bead: Bead, word: string): boolean {
  return bead.id.toLowerCase().includes(word) || bead.title.toLowerCase().includes(word);
}

/** The index finds the word anywhere in the folded state; only what people wrote counts. */
function mentions(bead: Bead, word: string): boolean {
  const texts = [
    bead.id,
    bead.title,
    bead.description,
    bead.notes,
    bead.design,
    bead.acceptance_criteria,
    bead.close_reason,
    ...bead.labels,
    ...bead.comments.map((comment) => comment.text),
  ];
  return texts.some((text) => text?.toLowerCase().includes(word));
}
