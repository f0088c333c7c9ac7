import type { GenericSchema } from "valibot";
import type { Shapes, V } from "./shapes.ts";

/** What the commands about edges, labels, comments and epics print. */
export function relationSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const added = v.strictObject({
    status: v.literal("added"),
    issue_id: s.id,
    depends_on_id: s.id,
    type: v.string(),
  });
  const remark = v.strictObject({
    id: v.string(),
    issue_id: s.id,
    author: v.string(),
    text: v.string(),
    created_at: s.time,
  });
  const labelled = (status: string) =>
    v.array(v.strictObject({ status: v.literal(status), issue_id: s.id, label: v.string() }));
  return {
    "comment": remark,
    "comments": v.array(remark),
    "comments add": remark,
    "dep add": v.union([added, v.array(added)]),
    "dep cycles": v.array(v.array(s.id)),
    "dep list": v.array(s.end),
    "dep remove": v.strictObject({ status: v.literal("removed"), issue_id: s.id, depends_on_id: s.id }),
    "dep tree": v.array(v.looseObject({
      ...s.issue.entries,
      depth: s.count,
      parent_id: v.string(),
      truncated: v.boolean(),
    })),
    "epic close-eligible": v.strictObject({
      dry_run: v.optional(v.literal(true)),
      closed: v.array(s.id),
      count: s.count,
    }),
    "epic status": v.array(v.strictObject({
      epic: s.issue,
      total_children: s.count,
      closed_children: s.count,
      eligible_for_close: v.boolean(),
    })),
    "label add": labelled("added"),
    "label list": v.array(v.string()),
    "label list-all": v.array(v.strictObject({ label: v.string(), count: s.count })),
    "label remove": labelled("removed"),
  };
}
