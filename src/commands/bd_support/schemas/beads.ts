import type { GenericSchema } from "valibot";
import type { Shapes, V } from "./shapes.ts";

/** What the commands about beads print. */
export function beadSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const issues = v.array(s.issue);
  const rows = v.array(s.row);
  const reasoned = v.array(
    v.looseObject({ ...s.row.entries, ready: v.boolean(), reasons: v.array(v.string()) }),
  );
  const closing = v.strictObject({ closed: issues, unblocked: issues });
  const onward = v.strictObject({
    closed: issues,
    continue: v.strictObject({
      closed_step: s.issue,
      next_step: v.optional(s.issue),
      auto_advanced: v.boolean(),
      molecule_complete: v.boolean(),
      molecule_id: s.id,
      ran: v.optional(v.array(v.strictObject({
        id: s.id,
        title: v.string(),
        exit_code: v.nullable(v.number()),
        seconds: v.number(),
        output: v.string(),
      }))),
      run_status: v.optional(v.picklist(["running", "paused", "succeeded", "failed", "cancelled"])),
    }),
  });
  const blocked = v.looseObject({ ...s.issue.entries, blocked_by_count: s.count, blocked_by: v.array(s.id) });
  const group = v.strictObject({ group: v.string(), count: s.count });
  return {
    "blocked": v.array(blocked),
    "close": v.union([closing, onward, issues]),
    "count": v.union([
      v.strictObject({ count: s.count }),
      v.strictObject({ total: s.count, groups: v.array(group) }),
    ]),
    "create": v.union([issues, s.issue]),
    "defer": issues,
    "delete": v.strictObject({
      dry_run: v.optional(v.literal(true)),
      deleted: v.array(s.id),
      deleted_count: s.count,
      dependencies_removed: s.count,
      labels_removed: s.count,
      events_removed: s.count,
    }),
    "list": rows,
    "q": s.issue,
    "ready": v.union([reasoned, rows]),
    "reopen": issues,
    "search": rows,
    "show": v.union([v.array(s.shown), rows]),
    "stale": rows,
    "undefer": issues,
    "update": issues,
    "work": v.strictObject({ claimed: s.shown }),
    ...replacementSchemas(v, s),
  };
}

function replacementSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const moved = v.array(v.strictObject({ issue_id: s.id, type: v.string() }));
  const renamed = {
    dry_run: v.optional(v.literal(true)),
    renamed: v.array(v.strictObject({ from: s.id, to: s.id })),
    count: s.count,
  };
  return {
    "duplicate": v.strictObject({ duplicate: s.id, canonical: s.id, status: v.literal("closed"), moved }),
    "duplicates": v.strictObject({
      duplicate_groups: s.count,
      merged: v.boolean(),
      groups: v.array(v.strictObject({
        title: v.string(),
        issues: v.array(s.row),
        suggested_target: s.id,
        suggested_sources: v.array(s.id),
        suggested_action: v.string(),
      })),
    }),
    "rename": v.strictObject(renamed),
    "rename-prefix": v.strictObject({ ...renamed, prefix: v.string() }),
    "supersede": v.strictObject({
      superseded: s.id,
      replacement: s.id,
      status: v.literal("closed"),
      moved,
    }),
  };
}
