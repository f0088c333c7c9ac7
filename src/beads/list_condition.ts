import { notInternal } from "./ready.ts";
import type { BeadKey } from "../ledger/ledger.ts";

/** Which issues are wanted; all conditions hold at once. Times are ms since the epoch. */
export interface ListFilter {
  /** One of these; without it everything but closed issues and tombstones, unless `all`. */
  statuses?: readonly string[];
  /** Closed issues too (never tombstones, unless `statuses` names them). */
  all?: boolean;
  issueTypes?: readonly string[];
  /** Internal types too, when `issueTypes` names none. */
  includeInternal?: boolean;
  priorities?: readonly number[];
  priorityMin?: number;
  priorityMax?: number;
  assignee?: string;
  unassigned?: boolean;
  /** All of these. */
  labels?: readonly string[];
  /** At least one of these. */
  anyLabels?: readonly string[];
  /** At least one label of this form, where `*` is anything and `?` one character. */
  labelPattern?: string;
  noLabels?: boolean;
  /** Ids as {@linkcode resolveBead} found them. */
  keys?: readonly BeadKey[];
  /** Direct children of this bead. */
  parent?: BeadKey;
  noParent?: boolean;
  titleContains?: string;
  descriptionContains?: string;
  notesContain?: string;
  emptyDescription?: boolean;
  /** Metadata that is there, and with a value that value, as text. */
  metadata?: readonly { key: string; value?: string }[];
  createdAfter?: number;
  createdBefore?: number;
  updatedAfter?: number;
  updatedBefore?: number;
  closedAfter?: number;
  closedBefore?: number;
  dueAfter?: number;
  dueBefore?: number;
  pinned?: boolean;
  /** Only issues that are deferred at this time. */
  deferredAt?: number;
  /** 50 by default; 0 for all. */
  limit?: number;
  sort?: "priority" | "created" | "updated" | "closed" | "status" | "id" | "title" | "type" | "assignee";
  reverse?: boolean;
}

type Value = string | number;

/** A filter as an SQL condition over `beads`, with its values. */
export function filterCondition(filter: ListFilter): { condition: string; values: Value[] } {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (sql: string, ...given: readonly Value[]) => {
    parts.push(sql);
    values.push(...given);
  };
  addKinds(filter, add);
  addPeople(filter, add);
  addTimes(filter, add);
  addTexts(filter, add);
  return { condition: parts.length > 0 ? parts.join(" AND ") : "1", values };
}

type Add = (sql: string, ...given: readonly Value[]) => void;

function oneOf(column: string, values: readonly Value[]): string {
  return values.length === 0 ? "0" : `${column} IN (${values.map(() => "?").join(", ")})`;
}

function addKinds(filter: ListFilter, add: Add): void {
  if (filter.statuses) add(oneOf("status", filter.statuses), ...filter.statuses);
  else add(filter.all ? "status <> 'tombstone'" : "live = 1");
  if (filter.issueTypes) add(oneOf("issue_type", filter.issueTypes), ...filter.issueTypes);
  else if (!filter.includeInternal) add(notInternal());
  if (filter.priorities) add(oneOf("priority", filter.priorities), ...filter.priorities);
  if (filter.priorityMin !== undefined) add("priority >= ?", filter.priorityMin);
  if (filter.priorityMax !== undefined) add("priority <= ?", filter.priorityMax);
  if (filter.pinned !== undefined) add("pinned = ?", filter.pinned ? 1 : 0);
  if (filter.keys) add(oneOf("key", filter.keys), ...filter.keys);
}

function addPeople(filter: ListFilter, add: Add): void {
  if (filter.assignee !== undefined) add("assignee = ?", filter.assignee);
  if (filter.unassigned) add("assignee IS NULL");
  for (const label of filter.labels ?? []) add("key IN (SELECT key FROM labels WHERE label = ?)", label);
  if (filter.anyLabels) {
    add(`key IN (SELECT key FROM labels WHERE ${oneOf("label", filter.anyLabels)})`, ...filter.anyLabels);
  }
  if (filter.labelPattern !== undefined) {
    add("key IN (SELECT key FROM labels WHERE label GLOB ?)", filter.labelPattern);
  }
  if (filter.noLabels) add("NOT EXISTS (SELECT 1 FROM labels WHERE labels.key = beads.key)");
  if (filter.parent !== undefined) {
    add("key IN (SELECT source FROM deps WHERE resolved = ? AND type = 'parent-child')", filter.parent);
  }
  if (filter.noParent) add("parent IS NULL");
}

function addTimes(filter: ListFilter, add: Add): void {
  for (const column of ["created", "updated", "closed"] as const) {
    const after = filter[`${column}After`];
    const before = filter[`${column}Before`];
    if (after !== undefined) add(`${column} >= ?`, after);
    if (before !== undefined) add(`${column} < ?`, before);
  }
  if (filter.deferredAt !== undefined) {
    add("(status = 'deferred' OR defer_until > ?)", filter.deferredAt);
  }
  const due = `julianday(${register("due_at")})`;
  if (filter.dueAfter !== undefined) add(`${due} >= ${JULIAN}`, filter.dueAfter);
  if (filter.dueBefore !== undefined) add(`${due} < ${JULIAN}`, filter.dueBefore);
}

function addTexts(filter: ListFilter, add: Add): void {
  if (filter.titleContains) add("title LIKE ? ESCAPE '\\'", likeText(filter.titleContains));
  const registers = { description: filter.descriptionContains, notes: filter.notesContain };
  for (const [name, text] of Object.entries(registers)) {
    if (text) add(`${register(name)} LIKE ? ESCAPE '\\'`, likeText(text));
  }
  if (filter.emptyDescription) add(`COALESCE(${register("description")}, '') = ''`);
  for (const { key, value } of filter.metadata ?? []) {
    const given = value === undefined ? [] : [value];
    add(
      `EXISTS (SELECT 1 FROM docs, json_each(docs.doc, '$.registers') AS r WHERE docs.n = beads.n AND r.key = ?${
        value === undefined ? "" : " AND CAST(r.value AS TEXT) = ?"
      })`,
      `metadata.${key}`,
      ...given,
    );
  }
}

/** SQL for the Julian day of a time in ms. */
const JULIAN = "julianday(? / 1000.0, 'unixepoch')";

/** SQL for the value of a register of the bead. */
function register(name: string): string {
  return `(SELECT json_extract(doc, '$.registers.${name}') FROM docs WHERE docs.n = beads.n)`;
}

/** A text to compare with LIKE … ESCAPE '\' that finds it anywhere. */
function likeText(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
