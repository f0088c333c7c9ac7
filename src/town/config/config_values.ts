import { parse } from "@std/yaml";
import type { Json } from "../../lib/json.ts";
import { CommandError } from "../../lib/errors.ts";
import { closestWord } from "../../lib/closest_word.ts";
import { configSchema, keysAt, type KeySchema, schemaAt } from "./config_keys.ts";

/** A value of the configuration as town.yaml writes it, and where it is from. */
export interface ConfigValue {
  /** Dotted: `limits.workers`. */
  key: string;
  value: Json;
  source: "file" | "default";
  description?: string;
}

/** Splits a dotted key; `["limits", "workers"]`. @throws {CommandError} `config_key_unknown` with a near one. */
export function configPath(key: string): string[] {
  const path = key.split(".");
  for (const [depth, step] of path.entries()) {
    if (step !== "" && schemaAt(path.slice(0, depth + 1))) continue;
    const known = keysAt(path.slice(0, depth));
    const near = closestWord(step, known);
    const place = path.slice(0, depth).join(".");
    const asked = near === undefined ? [] : [`did you mean "${[...path.slice(0, depth), near].join(".")}"?`];
    throw new CommandError(
      "refused",
      `Cannot find key "${key}": there is no "${step}" in ${place || "town.yaml"}`,
      {
        code: "config_key_unknown",
        hints: [...asked, ...(known.length > 0 ? [`known are ${known.join(", ")}`] : []), "gt config list"],
      },
    );
  }
  return path;
}

/** Reads what a person typed for a key as YAML: a number, true, a list; text stays text where text is expected. */
export function readValue(path: readonly string[], written: string): Json {
  const schema = schemaAt(path);
  if (schema?.type === "string") return written;
  try {
    return parse(written, { schema: "core" }) as Json;
  } catch (cause) {
    throw new CommandError("usage", `Cannot read value "${written}": it is not YAML`, {
      code: "config_value_unreadable",
      hints: ["Quote it for the shell, for example: gt config set rigs.csm.setup '[npm ci]'"],
      cause,
    });
  }
}

/** Every value of the configuration, those of the file and the defaults, in the order of the schema. */
export function configValues(source: string): ConfigValue[] {
  const raw = (parse(source, { schema: "core" }) ?? {}) as Json;
  return [...valuesOf(raw, { schema: configSchema(), path: [] })];
}

/** The value at a path as the file or the defaults give it; undefined when neither does. */
export function valueAt(source: string, path: readonly string[]): Json | undefined {
  let value: unknown = parse(source, { schema: "core" }) ?? {};
  for (const [depth, step] of path.entries()) {
    const there: unknown = (value as Record<string, unknown> | null | undefined)?.[step];
    value = there ?? schemaAt(path.slice(0, depth + 1))?.default;
  }
  return value as Json | undefined;
}

function* valuesOf(raw: unknown, at: { schema: KeySchema; path: string[] }): Iterable<ConfigValue> {
  const { schema, path } = at;
  const fields = (raw ?? {}) as Record<string, unknown>;
  const child = (key: string, rules: KeySchema) =>
    valuesOf(fields[key], { schema: rules, path: [...path, key] });
  if (schema.properties) {
    for (const [key, rules] of Object.entries(schema.properties)) yield* child(key, rules);
  } else if (typeof schema.additionalProperties === "object") {
    for (const key of Object.keys(fields)) yield* child(key, schema.additionalProperties);
  } else if (raw !== undefined || schema.default !== undefined) {
    yield {
      key: path.join("."),
      value: (raw ?? schema.default) as Json,
      source: raw === undefined ? "default" : "file",
      ...(schema.description === undefined ? {} : { description: schema.description }),
    };
  }
}
