import type { Json } from "../lib/json.ts";
import { type BeadState, covers, emptyNames, isDeleted } from "./bead_state.ts";
import type { Bead, BeadKey } from "./ledger.ts";

const OWN_PLACE: ReadonlySet<string> = new Set([
  "title",
  "status",
  "priority",
  "issue_type",
  "assignee",
  "description",
  "design",
  "acceptance_criteria",
  "notes",
  "defer_until",
  "created_at",
  "created_by",
  "closed_at",
  "close_reason",
]);

/** The bead a state stands for, under its display id. */
export function beadOf(state: BeadState, shown: { id: string; blocked: boolean }): Bead {
  const { registers } = state;
  const deleted = isDeleted(state);
  const status = deleted ? "tombstone" : text(registers.status) ?? "open";
  const metadata: Record<string, Json> = emptyNames();
  const fields: Record<string, Json> = {};
  for (const name in registers) {
    if (name.startsWith("metadata.")) metadata[name.slice(9)] = registers[name]!;
    else if (!OWN_PLACE.has(name)) fields[name] = registers[name]!;
  }
  const bead: Bead = {
    key: state.key as BeadKey,
    id: shown.id,
    title: text(registers.title) ?? "",
    status,
    priority: typeof registers.priority === "number" ? registers.priority : 2,
    issue_type: text(registers.issue_type) ?? "task",
    created_at: text(registers.created_at) ?? state.born?.at ?? "",
    updated_at: state.updatedAt,
    labels: Object.keys(state.labels).sort(),
    dependencies: state.edges.map((entry) => entry.edge),
    comments: state.comments,
    metadata,
    blocked: shown.blocked,
    fields,
  };
  addOptional(bead, { state, status });
  if (status === "tombstone") bead.deleted = true;
  if (deleted) Object.assign(fields, tombstoneFields(state));
  return bead;
}

function tombstoneFields(state: BeadState): Record<string, Json> {
  const deletion = state.deletions.find((one) => covers(one.saw, state.seen))!;
  return {
    deleted_at: deletion.at,
    deleted_by: deletion.actor,
    ...(deletion.reason ? { delete_reason: deletion.reason } : {}),
    ...(text(state.registers.issue_type) ? { original_type: state.registers.issue_type! } : {}),
  };
}

function addOptional(bead: Bead, { state, status }: { state: BeadState; status: string }): void {
  const { registers } = state;
  for (const name of ["assignee", "description", "design", "acceptance_criteria", "defer_until"] as const) {
    const value = text(registers[name]);
    if (value !== undefined) bead[name] = value;
  }
  const by = text(registers.created_by) ?? state.born?.by;
  if (by !== undefined) bead.created_by = by;
  const notes = notesOf(state);
  if (notes !== undefined) bead.notes = notes;
  const closed = status === "closed" ? text(registers.closed_at) ?? state.updatedAt : undefined;
  if (closed !== undefined) bead.closed_at = closed;
  const reason = text(registers.close_reason);
  if (reason !== undefined) bead.close_reason = reason;
}

/** The notes as set, with the paragraphs added since. */
export function notesOf(state: BeadState): string | undefined {
  const parts = state.paragraphs.map((paragraph) => paragraph.text);
  const base = text(state.registers.notes);
  if (base !== undefined) parts.unshift(base);
  return parts.length > 0 ? parts.join("\n") : undefined;
}

/** A string, or undefined for anything else. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
