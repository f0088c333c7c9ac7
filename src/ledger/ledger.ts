/**
 * The ledger: an append-only operation log a replica, an index over all of them, and a projection for other tools.
 *
 * It knows what a bead is made of (registers, sets, comments) and nothing of what beads are for.
 *
 * @module
 */
import type { Json, JsonObject } from "../lib/json.ts";
import type { BeadState } from "./bead_state.ts";
import type { Comment, Dependency } from "./bead_parts.ts";

/** Identity of a bead that no rename changes: `<id at creation>@<origin>`. */
export type BeadKey = string & { readonly __brand: "BeadKey" };

/** Hybrid logical time: milliseconds, and a counter within one. */
export type Stamp = readonly [ms: number, counter: number];

/** The state of one bead: the fold of its operations. */
export interface Bead {
  key: BeadKey;
  /** The name people use, unique in this ledger. */
  id: string;
  title: string;
  status: string;
  priority: number;
  issue_type: string;
  /** RFC 3339, UTC. */
  created_at: string;
  created_by?: string;
  updated_at: string;
  closed_at?: string;
  close_reason?: string;
  assignee?: string;
  description?: string;
  design?: string;
  acceptance_criteria?: string;
  notes?: string;
  defer_until?: string;
  labels: readonly string[];
  dependencies: readonly Dependency[];
  comments: readonly Comment[];
  metadata: JsonObject;
  /** Whether something it depends on holds it back, directly or through its parents. */
  blocked: boolean;
  /** Every other register, by name. */
  fields: JsonObject;
  deleted?: boolean;
}

/** One operation as it stands in a log. */
export interface Operation {
  /** `<replica>.<sequence>`. */
  o: string;
  t: Stamp;
  /** Who did it. */
  a: string;
  /** The bead it is about. */
  b: string;
  k: string;
  f: JsonObject;
}

/** An operation with its place in this machine's order of arrival. */
export interface Arrived {
  /** Grows with every operation that reaches this index; starts again when the index is rebuilt. */
  arrival: number;
  /** Display id of the bead. */
  id: string;
  operation: Operation;
}

/** One entry of a journal. */
export interface JournalEntry {
  /** Grows with every operation that reaches this index; starts again when the index is rebuilt. */
  arrival: number;
  stamp: Stamp;
  /** Whose log it stands in, and where. */
  replica: string;
  sequence: number;
  actor: string;
  value: JsonObject;
}

/** What can be asked of the ledger at one moment. */
export interface View {
  /** The bead with this key. */
  beadByKey(key: BeadKey): Bead | undefined;
  /** The bead with exactly this id or alias. */
  beadById(id: string): Bead | undefined;
  /** Ids that begin with `prefix` (or whose part after the first `-` does), sorted, at most `limit`. */
  idsByPrefix(prefix: string, limit: number): string[];
  /** Beads chosen by an SQL condition over the columns of `beads`, with what follows it (`ORDER BY … LIMIT …`). */
  beads(condition: string, ...values: (string | number | null)[]): Bead[];
  /** The same beads one after the other: of thousands, only one is in memory. Walk through them within `atOnce`. */
  eachBead(condition: string, ...values: (string | number | null)[]): Iterable<Bead>;
  /** Rows of any read-only SQL over the index; the tables are described in `index_schema.ts`. */
  rows<Row>(sql: string, ...values: (string | number | null)[]): Row[];
  /** Operations in order of arrival after `arrival`, at most `limit`. */
  arrivedAfter(arrival: number, limit: number): Arrived[];
  /** All operations of a bead in the order of time. */
  history(key: BeadKey): Operation[];
  /**
   * Entries of a journal that arrived after `after` (0 for all), in the order of time. Of the value of each only what
   * `kept` makes of it is held in memory.
   */
  journal(name: string, after: number, kept?: (value: JsonObject) => JsonObject): JournalEntry[];
  /** The journals in which entries arrived after `after`, each with when its last one did. */
  journalsAfter(after: number): { name: string; arrival: number }[];
  /** A setting that travels with the ledger: `prefix`. */
  setting(name: string): Json | undefined;
  /** Whether one edge of a bead holds it back at this moment. */
  isHeldBackBy(key: BeadKey, edge: { target: string; type: string }): boolean;
  /** Clashes nobody has looked at: of one bead, or all. */
  conflicts(key?: BeadKey): Conflict[];
  /** The same clashes one after the other, within `atOnce`. */
  eachConflict(key?: BeadKey): Iterable<Conflict>;
  /** Asks several questions of one state of the ledger, whatever others write meanwhile. */
  atOnce<T>(work: () => T): T;
}

/** Two changes of one register of which neither saw the other. */
export interface Conflict {
  key: BeadKey;
  /** Display id of the bead. */
  id: string;
  /** The register; `deleted` when the bead was removed while someone changed it. */
  register: string;
  kept: Json;
  lost: Json;
  /** The operation whose value was lost: its id and who did it. */
  lost_operation: string;
  lost_by: string;
  kept_operation: string;
}

/** The fields a new bead may be given: every register by name, and the sets. */
export interface NewBead {
  title: string;
  labels?: readonly string[];
  dependencies?: readonly { target: string; type: string; metadata?: Json }[];
  metadata?: JsonObject;
  [register: string]: Json | undefined | readonly { target: string; type: string; metadata?: Json }[];
}

/** What two versions of a bead differ in. */
export interface BeadChange {
  /** Registers by name; null for one that is gone. */
  set: JsonObject;
  addedLabels: readonly string[];
  removedLabels: readonly string[];
  addedEdges: readonly { target: string; type: string; metadata?: Json }[];
  removedEdges: readonly { target: string; type: string }[];
  /** With what a file says of them: id, author, created_at. */
  comments: readonly JsonObject[];
}

/** A change of the ledger under way: reads see it at once, others see all of it or nothing. */
export interface Transaction extends View {
  /** Time of this change, in ms since the epoch. */
  readonly now: number;
  /** Who makes this change. */
  readonly actor: string;
  /**
   * Calls back when the change is on disk and will stand, whatever happens to this process; readers see it a moment later.
   * Never where nothing was changed or the write fails.
   */
  whenDurable(tell: () => void): void;
  /** Makes a bead under a free id. @throws {CommandError} when the id is taken. */
  create(id: string, fields: NewBead): Bead;
  /** Sets registers; null removes one. `metadata.<key>` sets one key of the metadata. */
  set(key: BeadKey, fields: JsonObject): Bead;
  addLabel(key: BeadKey, label: string): Bead;
  removeLabel(key: BeadKey, label: string): Bead;
  /** Adds an edge. @throws {CommandError} when a blocking edge would close a cycle. */
  addDependency(key: BeadKey, target: string, type: string, metadata?: Json): Bead;
  /** Removes an edge; of every type when none is given. */
  removeDependency(key: BeadKey, target: string, type?: string): Bead;
  /** Adds a remark by this change's actor; `origin` (id, author, created_at) only for one that comes from elsewhere. */
  comment(key: BeadKey, text: string, origin?: JsonObject): Bead;
  /** Adds a paragraph to the notes, which no concurrent edit can lose. */
  appendNotes(key: BeadKey, text: string): Bead;
  /**
   * Adds an entry to a journal: a sequence beside the beads, which it does not change. `after` is the latest time that
   * its writer has seen in it, which the entry follows whatever any clock says. Returns when and as which it arrived.
   */
  append(journal: string, entry: JsonObject, after?: Stamp): Pick<JournalEntry, "arrival" | "stamp">;
  /** Leaves a tombstone. A concurrent edit elsewhere brings the bead back, flagged as a conflict. */
  remove(key: BeadKey, reason: string): void;
  /** Gives a bead another id; the old one stays as an alias. @throws {CommandError} when the id is taken. */
  rename(key: BeadKey, id: string): Bead;
  /** Ends a conflict; `take` the lost value, or keep the one that stands. */
  resolveConflict(conflict: Conflict, choice: "keep" | "take"): Bead;
  /** Sets a setting that travels with the ledger; null removes it. */
  setSetting(name: string, value: Json): void;
  /** The next free child number of a bead: `<id>.<n>`. */
  childId(key: BeadKey): string;
  /** Makes a bead from a file's record, at the time (ms) the record was last changed; for `importJsonl` only. */
  importRecord(record: { key: BeadKey; fields: JsonObject; at: number }): void;
  /** Lets the records that were imported be seen; needed once after the last of them. */
  settleImport(): void;
  /** Makes another tool's change of a file, which it made when the bead was as `base` says. */
  importEdit(key: BeadKey, edit: { base: BeadState; change: BeadChange }): Bead;
  /** Adds an edge a file's record has, even one that closes a cycle. */
  importDependency(key: BeadKey, edge: { target: string; type: string; metadata?: Json }): Bead;
}

/** Small values that live only on this machine: sessions, heartbeats, cursors. They never become operations. */
export interface Ephemeral {
  get<Value extends Json>(kind: string, key: string): Value | undefined;
  put(kind: string, key: string, value: Json): void;
  /** Replaces the value only if it is still `expected`; undefined, in either place, is none at all. Says whether it did. */
  swap(kind: string, key: string, expected: Json | undefined, value: Json | undefined): boolean;
  remove(kind: string, key: string): void;
  list<Value extends Json>(kind: string): { key: string; value: Value }[];
}

/** An open ledger. */
export interface Ledger {
  /** The `.beads` folder. */
  readonly folder: string;
  /** Name of this replica. */
  readonly replica: string;
  readonly view: View;
  readonly ephemeral: Ephemeral;
  /**
   * Makes a change: takes the write lock, runs `change`, appends its operations to the log, flushes, commits.
   *
   * Nothing is written when `change` throws. @throws {CommandError} when the disk refuses.
   */
  write<T>(actor: string, change: (transaction: Transaction) => T): T;
  /** A number that differs whenever any process has changed the beads since. Ephemeral values do not count. */
  version(): number;
  /** What the user should hear about: a clock that is off, a damaged log line. */
  warnings(): readonly string[];
  close(): void;
}
