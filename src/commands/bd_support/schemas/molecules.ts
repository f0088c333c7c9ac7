import type { GenericSchema } from "valibot";
import type { Shapes, V } from "./shapes.ts";

/** What the commands about molecules print. */
export function moleculeSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const isDry = v.optional(v.literal(true));
  const idMapping = v.pipe(
    v.record(v.string(), s.id),
    v.description(
      "Ids of the beads by the ids of the steps, and that of the whole by the name of the molecule",
    ),
  );
  const burned = v.strictObject({ molecule_id: s.id, deleted_ids: v.array(s.id), deleted_count: s.count });
  return {
    "mol bond": v.strictObject({
      dry_run: isDry,
      result_id: s.id,
      result_type: v.literal("compound"),
      bond_type: v.picklist(["sequential", "parallel", "conditional"]),
      spawned: v.optional(s.count),
      id_mapping: v.optional(v.pipe(
        v.record(v.string(), s.id),
        v.description(
          "Ids of the beads that were made, by the names of the molecules and the ids of the steps; a step is " +
            "MOLECULE/STEP where both have one of its id, and MOLECULE#2 is one that was poured a second time",
        ),
      )),
    }),
    "mol burn": v.strictObject({
      dry_run: isDry,
      results: v.array(burned),
      total_deleted: s.count,
    }),
    "mol current": v.array(v.looseObject({
      molecule_id: s.id,
      molecule_title: v.string(),
      steps: v.array(v.looseObject({
        issue: s.issue,
        status: v.picklist(["done", "current", "ready", "blocked", "pending"]),
        is_current: v.boolean(),
      })),
      completed: s.count,
      total: s.count,
    })),
    "mol distill": v.strictObject({
      formula_name: v.string(),
      formula_path: v.optional(v.string()),
      yaml: v.optional(v.string()),
      steps: s.count,
      variables: v.array(v.string()),
      notes: v.pipe(v.array(v.string()), v.description("What a molecule cannot say of these beads")),
    }),
    "mol pour": v.strictObject({
      dry_run: isDry,
      new_epic_id: s.id,
      id_mapping: idMapping,
      created: s.count,
      attached: s.count,
      phase: v.literal("liquid"),
    }),
    "mol progress": v.looseObject({
      molecule_id: s.id,
      molecule_title: v.string(),
      total: s.count,
      completed: s.count,
      in_progress: s.count,
      percent: v.number(),
    }),
    "mol squash": v.strictObject({
      dry_run: isDry,
      molecule_id: s.id,
      digest_id: v.optional(s.id),
      squashed_ids: v.array(s.id),
      squashed_count: s.count,
      deleted_count: s.count,
      kept_children: v.boolean(),
    }),
  };
}
