import type { Json, JsonObject } from "../lib/json.ts";
import { type BeadState, isDeleted } from "./bead_state.ts";
import { BLOCKING_TYPES } from "./blocked.ts";
import { blockingWay } from "./cycles.ts";
import type { Database } from "./database.ts";
import { sameJson } from "./fold.ts";
import { loadState } from "./index_write.ts";
import type { Bead, BeadChange, BeadKey, Conflict, NewBead, Transaction, View } from "./ledger.ts";
import { deletedBead, dependencyCycle, missingBead, takenId } from "./ledger_error.ts";
import { keyOf } from "./names.ts";
import { isBeadId, SETTINGS_KEY } from "./operation.ts";
import type { OperationWriter } from "./operation_writer.ts";
import { beadOf, notesOf } from "./shown_bead.ts";

/** Longest value, as JSON, that an operation repeats of what it replaced; a longer one is found by its operation. */
const REPEATED_VALUE = 200;

/** What a change of the ledger works with. */
export interface TransactionDeps {
  database: Database;
  view: View;
  writer: OperationWriter;
}

/** The verbs of a change, each making its operations through one writer. */
export function createTransaction(deps: TransactionDeps): Transaction {
  const { view, writer } = deps;
  const emit = (kind: string, key: BeadKey, fields: JsonObject): Bead => {
    const state = writer.emit({ kind, key, fields });
    return view.beadByKey(key) ?? beadOf(state, { id: key, blocked: false });
  };
  const unchanged = (key: BeadKey): Bead => view.beadByKey(key)!;
  return {
    ...view,
    now: writer.now,
    actor: writer.actor,
    create: (id, fields) => create(deps, { id, fields }),
    set(key, fields) {
      const change = changeOf(stateOf(deps, key), fields);
      return change ? emit("set", key, change) : unchanged(key);
    },
    addLabel: (key, label) =>
      label in stateOf(deps, key).labels ? unchanged(key) : emit("add", key, { label }),
    removeLabel(key, label) {
      const saw = stateOf(deps, key).labels[label];
      return saw ? emit("rm", key, { label, saw }) : unchanged(key);
    },
    addDependency: (key, target, type, metadata) =>
      addDependency(deps, { key, target, type, metadata, emit }),
    removeDependency: (key, target, type) => removeDependency(deps, { key, target, type, emit }),
    comment(key, text, origin) {
      stateOf(deps, key);
      return emit("comment", key, { ...origin, text });
    },
    appendNotes(key, text) {
      stateOf(deps, key);
      return emit("note", key, { text });
    },
    whenDurable: (tell) => writer.whenDurable(tell),
    append: (journal, entry, after) => writer.append({ journal, entry, ...(after ? { after } : {}) }),
    remove(key, reason) {
      emit("delete", key, { reason, saw: stateOf(deps, key).seen });
    },
    rename(key, id) {
      stateOf(deps, key);
      if (view.beadByKey(key)?.id === id) return unchanged(key);
      checkFree(deps, { id, except: key });
      return emit("rename", key, { id });
    },
    resolveConflict: (conflict, choice) => resolveConflict(deps, { conflict, choice, emit }),
    setSetting(name, value) {
      const change = changeOf(loadState(deps.database, SETTINGS_KEY)!, { [name]: value });
      if (change) writer.emit({ kind: "set", key: SETTINGS_KEY, fields: change });
    },
    childId: (key) => childId(deps, key),
    importRecord: ({ key, fields, at }) => writer.emitRecord({ key, fields, at: [at, 0] }),
    settleImport: () => writer.settle(),
    importEdit(key, { base, change }) {
      importEdit(deps, { key, base, change });
      return unchanged(key);
    },
    importDependency(key, edge) {
      const known = stateOf(deps, key).edges.some((one) =>
        one.edge.type === edge.type && one.edge.target === edge.target
      );
      return known ? unchanged(key) : emit("add", key, { dep: edge });
    },
  };
}

type Emit = (kind: string, key: BeadKey, fields: JsonObject) => Bead;

/** The state of a bead that may be changed. */
function stateOf({ database, view }: TransactionDeps, key: BeadKey): BeadState {
  const state = loadState(database, key);
  if (!state) throw missingBead(key);
  if (isDeleted(state)) throw deletedBead(view.beadByKey(key)?.id ?? key);
  return state;
}

function create(deps: TransactionDeps, { id, fields }: { id: string; fields: NewBead }): Bead {
  if (!isBeadId(id)) throw new Error(`"${id}" is no id`);
  checkFree(deps, { id });
  const { labels, dependencies, metadata, ...rest } = fields;
  const set: Record<string, Json> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined && value !== null) set[name] = value as Json;
  }
  for (const [name, value] of Object.entries(metadata ?? {})) set[`metadata.${name}`] = value;
  const edges = (dependencies ?? []).map(({ target, ...edge }) => ({
    ...edge,
    target: keyOf(deps.database, target) ?? target,
  }));
  const operation: Record<string, Json> = { id, set };
  if (labels && labels.length > 0) operation.labels = [...new Set(labels)];
  if (edges.length > 0) operation.deps = edges;
  const key = freeKey(deps, id);
  deps.writer.emit({ kind: "create", key, fields: operation });
  return deps.view.beadByKey(key)!;
}

/** The identity of a new bead: its id and this replica, and a number should one of that name have been renamed. */
function freeKey({ database, writer }: TransactionDeps, id: string): BeadKey {
  const key = `${id}@${writer.replica}`;
  let free = key;
  for (let count = 2; loadState(database, free); count++) free = `${key}.${count}`;
  return free as BeadKey;
}

function checkFree({ database }: TransactionDeps, { id, except }: { id: string; except?: BeadKey }): void {
  const holder = keyOf(database, id);
  if (holder && holder !== except) throw takenId(id);
}

/** A `set` operation for the registers that differ, with what each replaces; undefined when none does. */
function changeOf(state: BeadState, fields: JsonObject): JsonObject | undefined {
  const set: Record<string, Json> = {};
  const was: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    const current = state.registers[name] ?? null;
    const paragraphs = name === "notes" && state.paragraphs.length > 0;
    if (sameJson(current, value) && !paragraphs) continue;
    set[name] = value;
    const writer = state.writers[name];
    if (writer === undefined) continue;
    was[name] = JSON.stringify(current).length <= REPEATED_VALUE ? [writer, current] : [writer];
  }
  if (Object.keys(set).length === 0) return undefined;
  // Several may have closed it, of which a register names one.
  const reopens = "status" in set && state.registers.status === "closed";
  return {
    set,
    ...(Object.keys(was).length > 0 ? { was } : {}),
    ...("notes" in set || reopens ? { saw: { ...state.seen } } : {}),
  };
}

/**
 * Makes the operations of an edit whose maker saw the bead as `base`: what has changed since is a clash, and what was
 * added since stays.
 */
function importEdit(
  { database, writer }: TransactionDeps,
  { key, base, change }: { key: BeadKey; base: BeadState; change: BeadChange },
): void {
  const emit = (kind: string, fields: JsonObject) => writer.emit({ kind, key, fields });
  const now = loadState(database, key)!;
  const set: Record<string, Json> = {};
  for (const [name, value] of Object.entries(change.set)) {
    const current = name === "notes" ? notesOf(now) : now.registers[name];
    if (!sameJson(current ?? null, value)) set[name] = value;
  }
  // A tool that closes without a word on when does it now, not with whatever comes to the bead last.
  if (set.status === "closed") set.closed_at ??= new Date(writer.now).toISOString();
  const registers = changeOf(base, set);
  if (registers) emit("set", registers);
  for (const label of change.addedLabels) if (!(label in now.labels)) emit("add", { label });
  for (const label of change.removedLabels) {
    if (label in now.labels) emit("rm", { label, saw: base.labels[label] ?? [] });
  }
  const sameEnd = (one: string, other: string) =>
    one === other || (keyOf(database, one) ?? one) === (keyOf(database, other) ?? other);
  for (const edge of change.addedEdges) {
    const known = now.edges.some((one) =>
      one.edge.type === edge.type && sameEnd(one.edge.target, edge.target)
    );
    if (!known) emit("add", { dep: edge });
  }
  for (const { target, type } of change.removedEdges) {
    for (const { edge, tags } of base.edges) {
      if (edge.type !== type || !sameEnd(edge.target, target)) continue;
      emit("rm", { dep: { target: edge.target, type }, saw: tags });
    }
  }
  for (const comment of change.comments) emit("comment", comment);
}

function addDependency(
  deps: TransactionDeps,
  { key, target, type, metadata, emit }: {
    key: BeadKey;
    target: string;
    type: string;
    metadata: Json | undefined;
    emit: Emit;
  },
): Bead {
  const { database, view } = deps;
  const state = stateOf(deps, key);
  const resolved = keyOf(database, target);
  const end = resolved ?? target;
  if (state.edges.some(({ edge }) => edge.type === type && edge.target === end)) return view.beadByKey(key)!;
  if (resolved !== null && (BLOCKING_TYPES.has(type) || resolved === key)) {
    const way = blockingWay(database, { from: resolved, to: key });
    const idOf = (one: string) => view.beadByKey(one as BeadKey)?.id ?? one;
    if (way) throw dependencyCycle(way.length === 1 ? [idOf(key)] : [key, ...way].map(idOf));
  }
  return emit("add", key, { dep: { target: end, type, ...(metadata === undefined ? {} : { metadata }) } });
}

function removeDependency(
  deps: TransactionDeps,
  { key, target, type, emit }: { key: BeadKey; target: string; type: string | undefined; emit: Emit },
): Bead {
  const resolved = keyOf(deps.database, target);
  for (const { edge, tags } of stateOf(deps, key).edges) {
    const same = edge.target === target || edge.target === resolved ||
      (resolved !== null && keyOf(deps.database, edge.target) === resolved);
    if (!same || (type !== undefined && edge.type !== type)) continue;
    emit("rm", key, { dep: { target: edge.target, type: edge.type }, saw: tags });
  }
  return deps.view.beadByKey(key)!;
}

function resolveConflict(
  deps: TransactionDeps,
  { conflict, choice, emit }: { conflict: Conflict; choice: "keep" | "take"; emit: Emit },
): Bead {
  const { key, register, lost } = conflict;
  const state = stateOf(deps, key);
  if (choice === "take" && register === "deleted") {
    emit("delete", key, { reason: typeof lost === "string" ? lost : "", saw: state.seen });
    return deps.view.beadByKey(key)!;
  }
  const change = choice === "take" ? changeOf(state, { [register]: lost }) : undefined;
  if (change) emit("set", key, change);
  return emit("resolve", key, { register, lost: conflict.lost_operation });
}

function childId({ database, view }: TransactionDeps, key: BeadKey): string {
  const parent = view.beadByKey(key);
  if (!parent) throw missingBead(key);
  const rows = database.all<{ name: string }>(
    "SELECT name FROM names WHERE name >= ? AND name < ?",
    `${parent.id}.`,
    `${parent.id}/`,
  );
  let highest = 0;
  for (const { name } of rows) {
    const number = Number(/^\d{1,9}(?=$|\.)/.exec(name.slice(parent.id.length + 1))?.[0] ?? 0);
    highest = Math.max(highest, number);
  }
  return `${parent.id}.${highest + 1}`;
}
