import type { GenericSchema } from "valibot";
import type { Shapes, V } from "./shapes.ts";

/** What the commands about the program and what is around it print, and errors. */
export function programSchemas(v: V, s: Shapes): Record<string, GenericSchema> {
  const hooks = v.array(v.strictObject({
    name: v.string(),
    path: v.string(),
    state: v.picklist(["absent", "installed", "chained", "outdated", "other"]),
  }));
  return {
    "batch": v.array(v.strictObject({
      line: s.count,
      command: v.string(),
      result: v.pipe(v.unknown(), v.description("What the command itself prints")),
    })),
    "completion": v.strictObject({ shell: v.string(), script: v.string() }),
    "error": v.strictObject({
      error: v.looseObject({
        code: v.pipe(v.string(), v.description("Stable, in snake_case: bead_not_found")),
        message: v.string(),
        hints: v.pipe(v.array(v.string()), v.description("What to do next")),
      }),
    }),
    "hooks install": hooks,
    "hooks list": hooks,
    "hooks uninstall": hooks,
    "onboard": v.strictObject({
      path: v.string(),
      state: v.picklist(["absent", "current", "missing", "removed", "written"]),
      text: v.string(),
    }),
    "prime": v.strictObject({ text: v.string() }),
    "schema": v.union([
      v.array(v.string()),
      v.pipe(v.looseObject({ $schema: v.string() }), v.description("A JSON Schema, draft 7")),
    ]),
    "version": v.strictObject({ version: v.string(), commit: v.string(), runtime: v.string() }),
  };
}
