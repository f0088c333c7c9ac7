import type { Bead, BeadKey, Dependency, Transaction, View } from "../ledger/ledger.ts";

/** An edge seen from one of its ends. */
export interface Edge {
  /** The bead at the other end; absent when the ledger does not hold it. */
  bead?: Bead;
  /** What the edge says its target is: a key or a bare name. */
  target: string;
  type: string;
  dependency: Dependency;
}

/** What a bead depends on, of one type or all. */
export function dependenciesOf(_view: View, _options: { key: BeadKey; type?: string }): Edge[] {
  throw new Error("not written yet");
}

/** What depends on a bead, of one type or all. */
export function dependentsOf(_view: View, _options: { key: BeadKey; type?: string }): Edge[] {
  throw new Error("not written yet");
}

/** The bead it is a child of. */
export function parentOf(_view: View, _bead: Bead): Bead | undefined {
  throw new Error("not written yet");
}

/** Direct children, sorted by id with numbers compared as numbers. */
export function childrenOf(_view: View, _key: BeadKey): Bead[] {
  throw new Error("not written yet");
}

/** All beads below one, at any depth. */
export function descendantsOf(_view: View, _key: BeadKey): Bead[] {
  throw new Error("not written yet");
}

/** One line of a dependency tree; `truncated` marks a bead shown above already. */
export interface TreeRow {
  bead: Bead;
  depth: number;
  /** Key of the row above it. */
  parent?: BeadKey;
  type?: string;
  truncated: boolean;
}

/** The tree of what a bead depends on (`down`) or what depends on it (`up`). */
export function dependencyTree(
  _view: View,
  _options: { key: BeadKey; direction?: "down" | "up"; maxDepth?: number; type?: string },
): TreeRow[] {
  throw new Error("not written yet");
}

/** Cycles of blocking edges, each as a list of beads; empty unless clones made one between them. */
export function dependencyCycles(_view: View): Bead[][] {
  throw new Error("not written yet");
}

/**
 * Makes `key` depend on `target` (any name resolveBead takes, or `external:…`).
 *
 * @throws {CommandError} `dependency_cycle` naming the way round, `self_dependency`, or `bead_not_found`.
 */
export function addDependency(
  _transaction: Transaction,
  _options: { key: BeadKey; target: string; type: string },
): Bead {
  throw new Error("not written yet");
}

/** Takes an edge away. @throws {CommandError} `dependency_not_found`. */
export function removeDependency(
  _transaction: Transaction,
  _options: { key: BeadKey; target: string; type?: string },
): Bead {
  throw new Error("not written yet");
}
