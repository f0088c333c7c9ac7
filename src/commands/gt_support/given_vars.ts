import { CommandError } from "../../lib/errors.ts";

/** The values of `--var NAME=VALUE`, by name. @throws {CommandError} `bad_variable`. */
export function givenVars(given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(given.map((text) => {
    const at = text.indexOf("=");
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    throw new CommandError("usage", `Cannot use --var "${text}": it must be a name, = and a value`, {
      code: "bad_variable",
      hints: ["--var version=1.2.0"],
    });
  }));
}
