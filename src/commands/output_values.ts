import { CommandError } from "../lib/errors.ts";
import type { Json, JsonObject } from "../lib/json.ts";

/** The values of `--output NAME=TEXT` and `--output NAME:=JSON`, by name. @throws {CommandError} `bad_output`. */
export function givenOutputs(given: readonly string[] = []): JsonObject {
  return Object.fromEntries(given.map((text): [string, Json] => {
    const [, name, isJson, value] = /^([A-Za-z_][\w-]*)(:?)=([^]*)$/.exec(text) ?? [];
    if (name === undefined) throw refused(text, "it must be a name, = and a value");
    if (!isJson) return [name, value!];
    try {
      return [name, JSON.parse(value!) as Json];
    } catch (error) {
      throw refused(text, `what follows := is no JSON: ${(error as Error).message}`);
    }
  }));
}

function refused(text: string, state: string): CommandError {
  return new CommandError("usage", `Cannot use --output "${text}": ${state}`, {
    code: "bad_output",
    hints: ["--output verdict=good", `--output 'files:=["a.ts","b.ts"]'`],
  });
}
