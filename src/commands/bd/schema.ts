import { defineCommand } from "../../cli/command.ts";

/** `bd schema`. */
export const command = defineCommand({
  name: "bd schema",
  summary: "Print the JSON Schema of what a command prints with --json",
  description:
    "Without a command: those of all commands, as one object by their words. `error` is what every command prints to standard error when it refuses.",
  positionals: [{
    name: "command",
    summary: "The words of a command, such as dep add; or error",
    variadic: true,
  }],
  flags: { list: { type: "boolean", summary: "Only the names" } },
  examples: [
    { line: "bd schema show", summary: "What bd show --json prints" },
    { line: "bd schema --list", summary: "Which there are" },
  ],
  async run({ args, flags, out, ports }) {
    const { allSchemas, schemaNames, schemaOf } = await import("../bd_support/schemas.ts");
    const words = args.command as readonly string[];
    if (flags.list === true) {
      const names = await schemaNames();
      for (const name of names) out.answer(name);
      out.result(names);
      return;
    }
    const schema = words.length === 0 ? await allSchemas() : await schemaOf(words.join(" "));
    ports.terminal.write(JSON.stringify(schema, null, 2) + "\n");
  },
});
