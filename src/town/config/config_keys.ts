import { toJsonSchema } from "@valibot/to-json-schema";
import { townSchema } from "./config_schema.ts";

/** The part of JSON Schema that town.yaml's rules are written in. */
export interface KeySchema {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  pattern?: string;
  properties?: Record<string, KeySchema>;
  additionalProperties?: KeySchema | boolean;
  items?: KeySchema;
  required?: readonly string[];
}

/** The JSON Schema of town.yaml, for editors. */
export function configSchema(): KeySchema {
  const { $schema, ...rest } = toJsonSchema(townSchema, { typeMode: "input" }) as KeySchema & {
    $schema: string;
  };
  return { $schema, title: "town.yaml", ...rest } as KeySchema;
}

/** The rules for the value at a path, or undefined where no such key can be. */
export function schemaAt(
  path: readonly (string | number)[],
  from: KeySchema = configSchema(),
): KeySchema | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return from;
  const found = typeof step === "number" || /^\d+$/.test(step) && from.items
    ? from.items
    : from.properties?.[step] ??
      (typeof from.additionalProperties === "object" ? from.additionalProperties : undefined);
  return found && schemaAt(rest, found);
}

/** The keys that may stand in the map at a path; empty where any name may. */
export function keysAt(path: readonly (string | number)[]): string[] {
  return Object.keys(schemaAt(path)?.properties ?? {});
}
