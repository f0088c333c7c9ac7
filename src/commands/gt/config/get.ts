import { defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

/** `gt config get`. */
export const command = defineCommand({
  name: "gt config get",
  summary: "Print one value of town.yaml, or its default",
  positionals: [{ name: "key", summary: "Dotted name of the value", required: true }],
  examples: [
    { line: "gt config get limits.workers", summary: "How many workers run at once" },
    { line: "gt config get rigs --json", summary: "All rigs, as JSON" },
  ],
  async run({ args, ports, out }) {
    const { findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const { readConfig } = await import("../../../town/config/read_config.ts");
    const { configPath, valueAt } = await import("../../../town/config/config_values.ts");
    const file = townPaths(findTown(ports)).config;
    const key = args.key as string;
    const path = configPath(key);
    await readConfig(ports, file);
    const value = valueAt(ports.files.readText(file) ?? "", path);
    if (value === undefined) {
      throw new CommandError("refused", `Cannot read "${key}": it is not set and has no default`, {
        code: "config_key_unset",
        hints: [`gt config set ${key} VALUE`],
      });
    }
    out.result(value);
    if (typeof value !== "object" || value === null) return out.answer(String(value));
    const { stringify } = await import("@std/yaml");
    out.answer(stringify(value).trimEnd());
  },
});
