import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy schema`. */
export const command = defineCommand({
  name: "gt convoy schema",
  summary: "Print the JSON Schema of convoy files, for editors",
  description: "An editor that knows YAML completes and checks with it: begin a file with the line " +
    "# yaml-language-server: $schema=PATH",
  examples: [
    { line: "gt convoy schema", summary: "Read about every key" },
    { line: "gt convoy schema > convoy.schema.json", summary: "Keep it for an editor" },
  ],
  async run({ out }) {
    const { convoyJsonSchema } = await import("../../../town/convoys/convoy_schema.ts");
    const schema = await convoyJsonSchema();
    out.result(schema);
    out.answer(JSON.stringify(schema, undefined, 2));
  },
});
