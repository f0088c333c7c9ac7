import { defineCommand } from "../../../cli/command.ts";

/** `gt config schema`. */
export const command = defineCommand({
  name: "gt config schema",
  summary: "Print the JSON Schema of town.yaml",
  description:
    "Editors complete and check town.yaml with it. The description of each key is its documentation.",
  examples: [
    { line: "gt config schema", summary: "Read about every key" },
    { line: "gt config schema > town.schema.json", summary: "Keep it for an editor" },
  ],
  async run({ out }) {
    const { configSchema } = await import("../../../town/config/config_keys.ts");
    const schema = configSchema();
    out.result(schema);
    out.answer(JSON.stringify(schema, undefined, 2));
  },
});
