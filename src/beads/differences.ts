import type { Bead, BeadKey, View } from "../ledger/ledger.ts";
import { type Counts, pastBead } from "../ledger/past.ts";
import type { Json, JsonObject } from "../lib/json.ts";
import { issueShape } from "./export_shape.ts";
import type { Comment } from "../ledger/bead_parts.ts";

/** What became of one bead between two states of the ledger. */
export interface Difference {
  bead: Bead;
  change: "created" | "changed" | "deleted";
  /** Fields as `issues.jsonl` names them; null is absent. */
  fields: Record<string, { from: Json; to: Json }>;
  labels: { added: string[]; removed: string[] };
  dependencies: { added: DifferentEdge[]; removed: DifferentEdge[] };
  /** New ones. */
  comments: Comment[];
}

/** An edge that came or went. */
export interface DifferentEdge {
  depends_on_id: string;
  type: string;
}

/** Fields that follow from others or stand apart in a difference. */
const APART: ReadonlySet<string> = new Set([
  "id",
  "updated_at",
  "created_at",
  "created_by",
  "labels",
  "dependencies",
  "comments",
]);

/** What became of a bead since the operations that count; undefined when nothing did. */
export function differenceOf(
  view: View,
  { key, before }: { key: BeadKey; before: Counts },
): Difference | undefined {
  const after = view.beadByKey(key);
  if (!after) return undefined;
  const old = pastBead(view, { key, counts: before });
  const there = old !== undefined && !old.deleted;
  if (after.deleted) return there ? bare(after, "deleted") : undefined;
  const comments = after.comments.filter((one) => !old?.comments.some((other) => other.id === one.id));
  const difference: Difference = {
    bead: after,
    change: there ? "changed" : "created",
    fields: changedFields(there ? issueShape(view, old) : {}, issueShape(view, after)),
    labels: setChange(there ? old.labels : [], after.labels),
    dependencies: edgeChange(view, { from: there ? old : undefined, to: after }),
    comments,
  };
  if (there && old.id !== after.id) difference.fields.id = { from: old.id, to: after.id };
  return difference.change === "created" || !isEmpty(difference) ? difference : undefined;
}

function bare(bead: Bead, change: Difference["change"]): Difference {
  return {
    bead,
    change,
    fields: {},
    labels: { added: [], removed: [] },
    dependencies: { added: [], removed: [] },
    comments: [],
  };
}

function isEmpty({ fields, labels, dependencies, comments }: Difference): boolean {
  const lists = [labels.added, labels.removed, dependencies.added, dependencies.removed, comments];
  return Object.keys(fields).length === 0 && lists.every((list) => list.length === 0);
}

function changedFields(from: JsonObject, to: JsonObject): Difference["fields"] {
  const fields: Difference["fields"] = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (APART.has(name)) continue;
    const [old, now] = [from[name] ?? null, to[name] ?? null];
    if (JSON.stringify(old) !== JSON.stringify(now)) fields[name] = { from: old, to: now };
  }
  return fields;
}

function setChange(from: readonly string[], to: readonly string[]): { added: string[]; removed: string[] } {
  return {
    added: to.filter((one) => !from.includes(one)),
    removed: from.filter((one) => !to.includes(one)),
  };
}

function edgeChange(
  view: View,
  { from, to }: { from: Bead | undefined; to: Bead },
): Difference["dependencies"] {
  const edges = (bead: Bead | undefined) =>
    new Map(bead?.dependencies.map((edge) => [`${edge.type} ${edge.target}`, edge]) ?? []);
  const [old, now] = [edges(from), edges(to)];
  const missing = (some: ReturnType<typeof edges>, others: ReturnType<typeof edges>) =>
    [...some].filter(([name]) => !others.has(name)).map(([, { target, type }]) => ({
      depends_on_id: view.beadByKey(target as BeadKey)?.id ?? target,
      type,
    }));
  return { added: missing(now, old), removed: missing(old, now) };
}
