import type { Json } from "../lib/json.ts";

/** A dependency of a bead on another. */
export interface Dependency {
  /** Key of the bead it depends on, or a bare name the ledger does not hold (`external:…`). */
  target: string;
  type: string;
  created_at: string;
  created_by: string;
  metadata?: Json;
}

/** A remark on a bead. Never changed, never removed. */
export interface Comment {
  id: string;
  author: string;
  text: string;
  created_at: string;
}
