import type { Json, JsonObject } from "../lib/json.ts";
import {
  type BeadState,
  type ClashState,
  covers,
  emptyNames,
  emptyState,
  type IdClaim,
  type Vector,
} from "./bead_state.ts";
import { compareOperations, isObject, type ParsedOperation, safeId } from "./operation.ts";
import { text } from "./shown_bead.ts";

/** Tag of everything an imported record brings, so that every clone that imports it adds the same thing. */
const IMPORT_TAG = "i";

/** The state of a bead: its operations applied in the order of time. */
export function foldOperations(key: string, operations: readonly ParsedOperation[]): BeadState {
  const state = emptyState(key);
  for (const operation of [...operations].sort(compareOperations)) applyOperation(state, operation);
  return state;
}

/** Whether an operation comes after everything folded into a state, so that it can be applied on top. */
export function isNewest(state: BeadState, operation: ParsedOperation): boolean {
  const [ms, counter, replica, sequence] = state.last;
  const { t } = operation;
  const order = t[0] - ms || t[1] - counter ||
    (operation.replica < replica ? -1 : operation.replica > replica ? 1 : operation.sequence - sequence);
  return order > 0;
}

/** Applies an operation that is newer than all that a state holds. Changes the state. */
export function applyOperation(state: BeadState, operation: ParsedOperation): void {
  const { k, f, t, replica, sequence } = operation;
  const imported = k === "create" && isImportKey(operation.b);
  if (k === "create") applyCreate(state, { operation, imported });
  else if (k === "set") applySet(state, operation);
  else if (k === "add") applyAdd(state, operation);
  else if (k === "rm") applyRemoval(state, operation);
  else if (k === "comment") applyComment(state, operation);
  else if (k === "note") state.paragraphs.push({ replica, sequence, text: text(f.text) ?? "" });
  else if (k === "delete") applyDelete(state, operation);
  else if (k === "rename") applyRename(state, operation);
  else if (k === "resolve") applyResolve(state, operation);
  state.last = [t[0], t[1], replica, sequence];
  if (k !== "delete" && !(imported && state.deletions.length === 0)) {
    state.seen[replica] = Math.max(state.seen[replica] ?? 0, sequence);
  }
  const given = isObject(f.set) ? text(f.set.updated_at) : undefined;
  state.updatedAt = given ?? new Date(t[0]).toISOString();
}

/** Whether a key names a record that came from a file, which every clone names alike. */
export function isImportKey(key: string): boolean {
  return /@i[0-9a-z]{12}$/.test(key);
}

function applyCreate(
  state: BeadState,
  { operation, imported }: { operation: ParsedOperation; imported: boolean },
): void {
  const { f, t, replica } = operation;
  const at = new Date(t[0]).toISOString();
  const claim: IdClaim = { id: safeId(text(f.id) ?? state.key), ms: t[0], counter: t[1], replica };
  if (!state.born) {
    state.born = { ...claim, at, ...(imported ? {} : { by: operation.a }) };
    state.claim ??= claim;
  }
  const nothing = { was: undefined, saw: {} };
  if (isObject(f.set)) writeRegisters(state, { operation, values: f.set, seen: nothing, imported });
  const tag = imported ? IMPORT_TAG : operation.o;
  for (const label of list(f.labels)) if (typeof label === "string") addTag(state.labels, { label, tag });
  for (const edge of list(f.deps)) if (isObject(edge)) addEdge(state, { edge, tag, operation });
  for (const comment of list(f.comments)) if (isObject(comment)) addComment(state, { comment, operation });
}

function applySet(state: BeadState, operation: ParsedOperation): void {
  const { f } = operation;
  if (!isObject(f.set)) return;
  const saw = vectorOf(f.saw);
  writeRegisters(state, {
    operation,
    values: f.set,
    seen: { was: isObject(f.was) ? f.was : {}, saw },
    imported: false,
  });
  if ("notes" in f.set) {
    state.paragraphs = state.paragraphs.filter((one) => (saw[one.replica] ?? 0) < one.sequence);
  }
}

/** Registers that say how a bead was closed. */
const OF_CLOSING: ReadonlySet<string> = new Set(["closed_at", "close_reason", "closed_by_session"]);

/** What the writer of an operation had seen of the registers that it sets. */
interface Seen {
  /** For each register the operation whose value was replaced; undefined: the writer saw nothing. */
  was: JsonObject | undefined;
  /** How far it had seen each replica on this bead; empty where it does not say. */
  saw: Vector;
}

/** The closes of a bead, as long as it is closed, that the writer of an operation had not seen. */
function unseenCloses(state: BeadState, { was, saw }: Seen): string[] {
  const writer = state.writers.status;
  if (state.registers.status !== "closed" || writer === undefined) return [];
  const replaced = was?.status;
  const known = Array.isArray(replaced) ? replaced[0] : undefined;
  return [...state.closes ?? [], writer].filter((close) => {
    const dot = close.lastIndexOf(".");
    return close !== known && !((saw[close.slice(0, dot)] ?? 0) >= Number(close.slice(dot + 1)));
  });
}

/** Lets closes that were not seen stand: the last of them is what the status is from. */
function standBy(state: BeadState, closes: readonly string[]): void {
  const others = closes.slice(0, -1);
  state.writers.status = closes.at(-1)!;
  if (others.length > 0) state.closes = others;
  else delete state.closes;
}

/** Times and ids that follow from other changes: a clash of these tells nobody anything. */
const QUIET: ReadonlySet<string> = new Set(["updated_at", "closed_at", "created_at", "started_at"]);

function writeRegisters(
  state: BeadState,
  { operation, values, seen, imported }: {
    operation: ParsedOperation;
    values: JsonObject;
    seen: Seen;
    imported: boolean;
  },
): void {
  const standing = "status" in values && !imported ? unseenCloses(state, seen) : [];
  const staysClosed = standing.length > 0 && values.status !== "closed";
  for (const name in values) {
    if (name === "updated_at" || !isRegisterName(name)) continue;
    // What says how it was closed goes with the status that stands.
    if (staysClosed && OF_CLOSING.has(name)) continue;
    const value = values[name]!;
    const current = state.registers[name] ?? null;
    const writer = state.writers[name];
    const replaced = seen.was?.[name];
    const saw = Array.isArray(replaced) ? replaced[0] : undefined;
    const closedWins = name === "status" && staysClosed;
    const unseen = closedWins || writer !== undefined && writer !== saw;
    if (unseen && !sameJson(value, current) && !(imported && isImportWriter(writer!))) {
      noteClash(state, { name, value, current, writer: writer!, operation, closedWins });
    }
    if (closedWins) {
      standBy(state, standing);
      continue;
    }
    if (value === null) delete state.registers[name];
    else state.registers[name] = value;
    const now = imported ? importWriter(operation) : operation.o;
    if (name === "status") standBy(state, [...standing, now]);
    else state.writers[name] = now;
  }
}

function noteClash(
  state: BeadState,
  { name, value, current, writer, operation, closedWins }: {
    name: string;
    value: Json;
    current: Json;
    writer: string;
    operation: ParsedOperation;
    closedWins: boolean;
  },
): void {
  if (QUIET.has(name)) return;
  const here = { value, operation: operation.o };
  const there = { value: current, operation: writer };
  const [kept, lost] = closedWins ? [there, here] : [here, there];
  const clash: ClashState = {
    register: name,
    kept: kept.value,
    keptOperation: kept.operation,
    lost: lost.value,
    lostOperation: lost.operation,
  };
  state.clashes.push(clash);
}

/** What stands for the writer of an imported value: the same for every clone that imports this version of the record. */
function importWriter({ t }: ParsedOperation): string {
  return `${IMPORT_TAG}.${t[0]}`;
}

function isImportWriter(writer: string): boolean {
  return writer.startsWith("i.");
}

/** Whether a field of this name can be kept: the one left out would reach the prototype of a record that is written out. */
export function isRegisterName(name: string): boolean {
  return name !== "" && name !== "__proto__";
}

function applyAdd(state: BeadState, operation: ParsedOperation): void {
  const { f, o } = operation;
  if (typeof f.label === "string") addTag(state.labels, { label: f.label, tag: o });
  if (isObject(f.dep)) addEdge(state, { edge: f.dep, tag: o, operation });
}

function applyRemoval(state: BeadState, operation: ParsedOperation): void {
  const { f } = operation;
  const saw = list(f.saw);
  if (typeof f.label === "string") {
    const left = (state.labels[f.label] ?? []).filter((tag) => !saw.includes(tag));
    if (left.length > 0) state.labels[f.label] = left;
    else delete state.labels[f.label];
  }
  const gone = f.dep;
  if (!isObject(gone)) return;
  for (const entry of state.edges) {
    if (entry.edge.target === gone.target && entry.edge.type === gone.type) {
      entry.tags = entry.tags.filter((tag) => !saw.includes(tag));
    }
  }
  state.edges = state.edges.filter((entry) => entry.tags.length > 0);
}

function addTag(labels: Record<string, string[]>, { label, tag }: { label: string; tag: string }): void {
  if (label === "") return;
  const tags = labels[label] ??= [];
  if (!tags.includes(tag)) tags.push(tag);
}

function addEdge(
  state: BeadState,
  { edge, tag, operation }: { edge: JsonObject; tag: string; operation: ParsedOperation },
): void {
  const target = text(edge.target);
  const type = text(edge.type) ?? "blocks";
  if (target === undefined) return;
  const found = state.edges.find((entry) => entry.edge.target === target && entry.edge.type === type);
  if (found && !found.tags.includes(tag)) found.tags.push(tag);
  if (found) return;
  const { created_at, created_by, metadata, ...extra } = edge;
  state.edges.push({
    edge: {
      ...extra,
      target,
      type,
      created_at: text(created_at) ?? new Date(operation.t[0]).toISOString(),
      created_by: typeof created_by === "string" ? created_by : operation.a,
      ...(metadata === undefined ? {} : { metadata }),
    },
    tags: [tag],
  });
}

function applyComment(state: BeadState, operation: ParsedOperation): void {
  addComment(state, { comment: operation.f, operation });
}

function addComment(
  state: BeadState,
  { comment, operation }: { comment: JsonObject; operation: ParsedOperation },
): void {
  const { id, author, text: words, created_at, ...extra } = comment;
  const entry = {
    id: id === undefined ? operation.o : String(id),
    author: typeof author === "string" ? author : operation.a,
    text: typeof words === "string" ? words : "",
    created_at: text(created_at) ?? new Date(operation.t[0]).toISOString(),
    ...(typeof id === "number"
      ? { extra: { ...extra, id } }
      : Object.keys(extra).length > 0
      ? { extra }
      : {}),
  };
  const known = state.comments.some((one) =>
    one.id === entry.id && one.author === entry.author && one.created_at === entry.created_at &&
    one.text === entry.text
  );
  if (!known) state.comments.push(entry);
}

function applyDelete(state: BeadState, operation: ParsedOperation): void {
  const { f, o, a, t } = operation;
  state.deletions.push({
    operation: o,
    actor: a,
    reason: text(f.reason) ?? "",
    at: new Date(t[0]).toISOString(),
    saw: vectorOf(f.saw),
  });
  state.deletions = state.deletions.filter((one, at, all) =>
    !all.some((other, place) => place > at && covers(other.saw, one.saw))
  );
}

function applyRename(state: BeadState, operation: ParsedOperation): void {
  const given = text(operation.f.id);
  if (given === undefined) return;
  const id = safeId(given);
  if (id === state.claim?.id) return;
  if (state.claim && !state.aliases.includes(state.claim.id)) state.aliases.push(state.claim.id);
  state.aliases = state.aliases.filter((alias) => alias !== id);
  state.claim = { id, ms: operation.t[0], counter: operation.t[1], replica: operation.replica };
}

function applyResolve(state: BeadState, { f }: ParsedOperation): void {
  state.clashes = state.clashes.filter((clash) =>
    clash.lostOperation !== f.lost || clash.register !== f.register
  );
  if (f.register === "deleted") {
    state.deletions = state.deletions.filter((deletion) => deletion.operation !== f.lost);
  }
}

function vectorOf(value: Json | undefined): Vector {
  const vector: Vector = emptyNames();
  if (!isObject(value)) return vector;
  for (const replica in value) {
    const sequence = value[replica];
    if (typeof sequence === "number") vector[replica] = sequence;
  }
  return vector;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** Whether two JSON values are equal, whatever the order of keys. */
export function sameJson(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as JsonObject, other as JsonObject];
  const names = Object.keys(left);
  return names.length === Object.keys(right).length &&
    names.every((name) => name in right && sameJson(left[name]!, right[name]!));
}
