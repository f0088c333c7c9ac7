import type { GenericSchema } from "valibot";
import type { Shapes, V } from "./shapes.ts";

/** What the commands about formulas and gates print. */
export function workflowSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const vars = v.record(v.string(), v.unknown());
  return {
    "cook": v.looseObject({
      molecule: v.string(),
      version: s.count,
      hash: v.string(),
      vars,
      steps: v.array(
        v.looseObject({ id: v.string(), kind: v.string(), title: v.string(), does: v.string() }),
      ),
      waves: v.array(v.array(v.string())),
    }),
    "formula list": v.array(v.looseObject({
      name: v.string(),
      source: v.string(),
      type: v.optional(v.literal("workflow")),
      version: v.optional(s.count),
      description: v.optional(v.string()),
      steps: v.optional(s.count),
      vars: v.optional(s.count),
    })),
    "formula show": v.looseObject({
      molecule: v.optional(v.string()),
      source: v.string(),
      text: v.optional(v.string()),
      steps: v.optional(v.array(v.looseObject({ id: v.string() }))),
    }),
    "gate check": v.strictObject({
      checked: s.count,
      resolved: s.count,
      escalated: s.count,
      errors: s.count,
      dry_run: v.boolean(),
      gates: v.array(v.strictObject({
        id: s.id,
        title: v.string(),
        outcome: v.picklist(["resolved", "open", "escalated", "waiting", "error"]),
        reason: v.string(),
      })),
    }),
    "gate list": v.array(s.row),
    "gate resolve": s.issue,
  };
}
