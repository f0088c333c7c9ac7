import { CommandError } from "../../lib/errors.ts";
import type { Ports } from "../../ports/ports.ts";
import { brokenRules, misplacedLists } from "./config_rules.ts";
import type { TownConfig } from "./config.ts";

/** Reads and checks a town.yaml. @throws {CommandError} naming file, line and column of everything that is wrong. */
export async function readConfig(ports: Pick<Ports, "files">, path: string): Promise<TownConfig> {
  const source = ports.files.readText(path);
  if (source === undefined) {
    throw new CommandError("refused", `Cannot read "${path}": there is no such file`, {
      code: "config_missing",
      hints: ["gt doctor --fix"],
    });
  }
  return await parseConfig(source, path);
}

/**
 * Checks the text of a town.yaml; `path` is only for messages.
 *
 * @throws {CommandError} `config_invalid`, naming file, line and column of everything that is wrong.
 */
export async function parseConfig(source: string, path: string): Promise<TownConfig> {
  const [{ parse }, { safeParse }, { townSchema }] = await Promise.all([
    import("@std/yaml"),
    import("valibot"),
    import("./config_schema.ts"),
  ]);
  let failure = "";
  try {
    const value = parse(source, { schema: "core" }) ?? {};
    const parsed = safeParse(townSchema, value);
    if (parsed.success && misplacedLists(value).length === 0 && brokenRules(parsed.output).length === 0) {
      return parsed.output;
    }
  } catch (error) {
    // Only kept in case the parser that knows positions finds nothing to object to.
    failure = error instanceof Error ? error.message : String(error);
  }
  const { configProblems, refuseConfig } = await import("./config_problems.ts");
  throw refuseConfig(configProblems(source, failure), path);
}
