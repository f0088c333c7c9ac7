import { defineCommand } from "../../../cli/command.ts";

/** `gt config path`. */
export const command = defineCommand({
  name: "gt config path",
  summary: "Print where the town's town.yaml is",
  examples: [
    { line: "gt config path", summary: "The file of the town you are in" },
    { line: '"${EDITOR:-vi}" "$(gt config path)"', summary: "Edit it" },
  ],
  async run({ ports, out }) {
    const { findTown } = await import("../../../town/town.ts");
    const { townPaths } = await import("../../../town/paths.ts");
    const path = townPaths(findTown(ports)).config;
    out.result({ path });
    out.answer(path);
  },
});
