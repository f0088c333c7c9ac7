import type { Json, JsonObject } from "../lib/json.ts";
import { printableJson, unicodeEscape } from "../lib/printable.ts";
import type { CommentState } from "./bead_state.ts";
import type { Bead } from "./ledger.ts";
import type { Dependency } from "./bead_parts.ts";

/** The established order of fields in a line of `issues.jsonl`; any other follows, sorted by name. */
const FIELD_ORDER: readonly string[] = [
  "id",
  "title",
  "description",
  "design",
  "acceptance_criteria",
  "notes",
  "spec_id",
  "status",
  "priority",
  "issue_type",
  "assignee",
  "owner",
  "estimated_minutes",
  "created_at",
  "created_by",
  "updated_at",
  "started_at",
  "closed_at",
  "close_reason",
  "closed_by_session",
  "due_at",
  "defer_until",
  "external_ref",
  "source_system",
  "metadata",
  "compaction_level",
  "compacted_at",
  "compacted_at_commit",
  "original_size",
  "labels",
  "dependencies",
  "comments",
  "deleted_at",
  "deleted_by",
  "delete_reason",
  "original_type",
  "sender",
  "ephemeral",
  "wisp_type",
  "no_history",
  "pinned",
  "is_template",
  "bonded_from",
  "creator",
  "validations",
  "quality_score",
  "crystallizes",
  "await_type",
  "await_id",
  "timeout",
  "waiters",
  "holder",
  "source_formula",
  "source_location",
  "hook_bead",
  "role_bead",
  "agent_state",
  "last_activity",
  "role_type",
  "rig",
  "mol_type",
  "work_type",
  "event_kind",
  "actor",
  "target",
  "payload",
];
const PLACE: ReadonlyMap<string, number> = new Map(FIELD_ORDER.map((name, at) => [name, at]));

/** Whether a field is one that readers of the format know, so that one left out is one taken away. */
export function isEstablished(name: string): boolean {
  return PLACE.has(name);
}

/** An issue in the established shape: fields in order, nothing null, edges by id; `idOf` names an edge's target. */
export function recordOf(bead: Bead, idOf: (target: string) => string): JsonObject {
  const { key: _key, blocked: _blocked, deleted: _deleted, fields, metadata, ...rest } = bead;
  const { dependencies: _edges, comments: _comments, ...plain } = rest;
  const all: Record<string, Json | undefined> = { ...fields, ...plain };
  all.labels = bead.labels.length > 0 ? bead.labels : undefined;
  all.dependencies = bead.dependencies.length > 0
    ? bead.dependencies.map((edge) => edgeRecord(edge, { id: bead.id, idOf }))
    : undefined;
  all.comments = bead.comments.length > 0
    ? bead.comments.map((comment) => commentRecord(comment, bead.id))
    : undefined;
  if (Object.keys(metadata).length > 0) all.metadata = metadata;
  const record: Record<string, Json> = {};
  for (const name of Object.keys(all).sort(compareFields)) {
    const value = all[name];
    if (value !== undefined && value !== null) record[name] = value;
  }
  return record;
}

function compareFields(one: string, other: string): number {
  const [left, right] = [PLACE.get(one) ?? Infinity, PLACE.get(other) ?? Infinity];
  return left === right ? (one < other ? -1 : 1) : left - right;
}

function edgeRecord(
  edge: Dependency,
  { id, idOf }: { id: string; idOf: (target: string) => string },
): JsonObject {
  const { target, type, created_at, created_by, metadata, ...extra } = edge;
  return {
    issue_id: id,
    depends_on_id: idOf(target),
    type,
    created_at,
    ...(created_by ? { created_by } : {}),
    ...(metadata === undefined
      ? {}
      : { metadata: typeof metadata === "string" ? metadata : JSON.stringify(metadata) }),
    ...extra,
  };
}

function commentRecord(comment: CommentState, issue: string): JsonObject {
  const { id, author, text, created_at, extra } = comment;
  return { id, issue_id: issue, author, text, created_at, ...extra };
}

/** One line of `issues.jsonl`, escaped the way established writers do: no `<`, `>` or `&` as such; nor what drives terminals. */
export function recordLine(record: JsonObject): string {
  return printableJson(record)!.replace(/[<>&]/g, unicodeEscape);
}
