import { defineCommand } from "../../../cli/command.ts";

/** `gt config unset`. */
export const command = defineCommand({
  name: "gt config unset",
  summary: "Remove one value from town.yaml, so that its default holds",
  positionals: [{ name: "key", summary: "Dotted name of the value", required: true }],
  examples: [
    { line: "gt config unset limits.workers", summary: "Back to the default number of workers" },
    { line: "gt config unset agent", summary: "Let gt choose the agent" },
  ],
  async run({ args, ports, out }) {
    const { findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const { configPath } = await import("../../../town/config/config_values.ts");
    const { editConfig } = await import("../../../town/config/config_edit.ts");
    const key = args.key as string;
    const path = configPath(key);
    let removed = false;
    await editConfig(ports, {
      paths: townPaths(findTown(ports)),
      change: (edit) => void (removed = edit.remove(path)),
    });
    out.result({ key, changed: removed });
    out.line(removed ? `✓ ${key} is no longer set` : `${key} was not set`);
  },
});
