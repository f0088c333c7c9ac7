import type { JsonObject } from "../lib/json.ts";
import type { Random } from "../ports/random.ts";
import type { Bead, Transaction } from "../ledger/ledger.ts";

/** What a person says about a new issue. */
export interface CreateOptions {
  title: string;
  /** Given by a person; made from the prefix when absent. */
  id?: string;
  /** The ledger's own prefix when absent. */
  prefix?: string;
  random: Random;
  /** `task` by default. */
  issueType?: string;
  /** 0 (critical) to 4; 2 by default. */
  priority?: number;
  status?: string;
  description?: string;
  design?: string;
  acceptanceCriteria?: string;
  notes?: string;
  assignee?: string;
  labels?: readonly string[];
  /** Any name {@linkcode resolveBead} takes. The id becomes the parent's next child number unless one is given. */
  parent?: string;
  /** Beads it depends on, by any name {@linkcode resolveBead} takes, or `external:…`. */
  dependencies?: readonly { id: string; type: string }[];
  metadata?: JsonObject;
  /** Any other registers: `due_at`, `external_ref`, … */
  fields?: JsonObject;
}

/**
 * Makes an issue with its labels, parent and dependencies.
 *
 * @throws {CommandError} when the id is taken or malformed, the title empty, or a dependency unknown.
 */
export function createBead(_transaction: Transaction, _options: CreateOptions): Bead {
  throw new Error("not written yet");
}

/** Reads `2`, `P2` or `p2`. @throws {CommandError} `bad_priority` for anything but 0 to 4. */
export function parsePriority(_text: string): number {
  throw new Error("not written yet");
}
