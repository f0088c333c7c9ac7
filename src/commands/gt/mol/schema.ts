import { defineCommand } from "../../../cli/command.ts";

/** `gt mol schema`. */
export const command = defineCommand({
  name: "gt mol schema",
  summary: "Print the JSON Schema of workflows, for editors",
  description: "An editor that knows YAML completes and checks with it: begin a file with the line " +
    "# yaml-language-server: $schema=PATH",
  flags: { cases: { type: "boolean", summary: "That of files of cases, NAME.test.yaml" } },
  examples: [
    { line: "gt mol schema", summary: "Read about every key" },
    { line: "gt mol schema > molecule.schema.json", summary: "Keep it for an editor" },
  ],
  async run({ flags, out }) {
    const { casesJsonSchema, moleculeJsonSchema } = await import(
      "../../../molecules/language/json_schema.ts"
    );
    const schema = flags.cases ? casesJsonSchema() : moleculeJsonSchema();
    out.result(schema);
    out.answer(JSON.stringify(schema, undefined, 2));
  },
});
