import type { GenericSchema } from "valibot";
import { closestWord } from "../../lib/closest_word.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { beadSchemas } from "./schemas/beads.ts";
import { ledgerSchemas } from "./schemas/ledger.ts";
import { moleculeSchemas } from "./schemas/molecules.ts";
import { programSchemas } from "./schemas/program.ts";
import { relationSchemas } from "./schemas/relations.ts";
import { type Shapes, sharedShapes } from "./schemas/shapes.ts";
import { workflowSchemas } from "./schemas/workflows.ts";

/** What each command prints with `--json`, by its words; and `error`, what each prints when it refuses. */
export async function outputSchemas(): Promise<{ shapes: Shapes; schemas: Record<string, GenericSchema> }> {
  const v = await import("valibot");
  const shapes = sharedShapes(v);
  const schemas = {
    ...beadSchemas(v, shapes),
    ...relationSchemas(v, shapes),
    ...ledgerSchemas(v, shapes),
    ...moleculeSchemas(v, shapes),
    ...workflowSchemas(v, shapes),
    ...programSchemas(v, shapes),
  };
  return { shapes, schemas: Object.fromEntries(Object.entries(schemas).sort()) };
}

/** The words of the commands that have a schema, and `error`. */
export async function schemaNames(): Promise<string[]> {
  return Object.keys((await outputSchemas()).schemas);
}

/** The JSON Schema of what one command prints with `--json`. @throws {CommandError} `schema_unknown`. */
export async function schemaOf(name: string): Promise<JsonObject> {
  const { shapes, schemas } = await outputSchemas();
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (schema) return { title: titleOf(name), ...await convert(schema, shapes) };
  const near = closestWord(name, Object.keys(schemas));
  throw new CommandError("usage", `Unknown command "${name}" for \`bd schema\``, {
    code: "schema_unknown",
    hints: [...(near === undefined ? [] : [`did you mean ${near}?`]), "bd schema --list"],
  });
}

/** The JSON Schemas of all commands: `properties` holds one each by the command's words, `$defs` what they share. */
export async function allSchemas(): Promise<JsonObject> {
  const v = await import("valibot");
  const { shapes, schemas } = await outputSchemas();
  const all = await convert(v.object(v.entriesFromObjects([v.partial(v.object(schemas))])), shapes);
  return { title: "What bd prints with --json, by command", ...all };
}

function titleOf(name: string): string {
  return name === "error" ? "What bd prints with --json when it refuses" : `bd ${name} --json`;
}

async function convert(schema: GenericSchema, shapes: Shapes): Promise<JsonObject> {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const { issue, row, shown, end, comment, edge } = shapes;
  return toJsonSchema(schema, {
    definitions: { issue, row, shown, end, comment, edge },
    errorMode: "ignore",
  }) as unknown as JsonObject;
}
