import type { Bead, View } from "../ledger/ledger.ts";

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
export function searchBeads(_view: View, _options: SearchOptions): Bead[] {
  throw new Error("not written yet");
}
