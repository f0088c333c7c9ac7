import { defineCommand } from "../../../cli/command.ts";

/** `gt config list`. */
export const command = defineCommand({
  name: "gt config list",
  summary: "Print every value of town.yaml, and the defaults of the others",
  examples: [
    { line: "gt config list", summary: "Values and defaults, with what they mean" },
    { line: "gt config list --json", summary: "The same as a list of objects" },
  ],
  async run({ ports, out }) {
    const { findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const { readConfig } = await import("../../../town/config/read_config.ts");
    const { configValues } = await import("../../../town/config/config_values.ts");
    const file = townPaths(findTown(ports)).config;
    await readConfig(ports, file);
    const values = configValues(ports.files.readText(file) ?? "");
    out.result(values);
    for (const { key, value, source, description } of values) {
      const written = typeof value === "string" ? value : JSON.stringify(value);
      const shown = source === "file" ? out.style.bold(written) : out.style.dim(`${written} (default)`);
      out.line(`${key}: ${shown}`);
      if (description !== undefined) out.line(out.style.dim(`    ${description}`));
    }
  },
});
