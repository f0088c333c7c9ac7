import { defineCommand } from "../../cli/command.ts";

/** `bd batch`. */
export const command = defineCommand({
  name: "bd batch",
  summary: "Run many commands as one change: all of them, or none",
  description: `
A line is a command of bd as one types it, without \`bd\`, or the same words as a JSON array. Empty lines and lines that begin with # are passed over. In double quotes \\n is a line end.

 The commands:  create, q, update, close, reopen, defer, undefer, rename,
                delete --force, comment, label add, label remove,
                dep add, dep remove, duplicate, supersede

Where a bead is named, @N is the one that line N made. Everything is checked before anything is written; when a line cannot be done, nothing is, and each such line is named. A thousand commands take less time than twenty calls.`,
  positionals: [{
    name: "file",
    summary: "Where the lines are; standard input by default",
    completes: "file",
  }],
  flags: {
    "dry-run": { type: "boolean", summary: "Check everything, but change nothing" },
  },
  examples: [
    { line: `printf 'create "Form" --id cs-form\\nclose cs-form\\n' | bd batch`, summary: "Two commands" },
    { line: "bd batch changes.txt --dry-run --json", summary: "What they would give" },
  ],
  async run(context) {
    const { program, args, flags, ports, out } = context;
    const [
      { withLedger },
      { fileText },
      { readBatch },
      { batchSummary, runBatch },
      { removeFoldersOfDeleted },
      { refuseUnmerged },
    ] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/fields.ts"),
      import("../bd_support/batch_lines.ts"),
      import("../bd_support/batch.ts"),
      import("../../molecules/engine/commands/run_folders.ts"),
      import("../bd_support/unmerged.ts"),
    ]);
    const file = (args.file ?? "-") as string;
    const text = file === "-" ? ports.terminal.readInput() : fileText(ports, file);
    const lines = await readBatch(program, text);
    await withLedger(context, async (ledger) => {
      for (const { verb, call } of lines) await refuseUnmerged({ ports, ...call }, { ledger, verb });
      const dry = flags["dry-run"] === true;
      const done = runBatch(context, { ledger, lines, dry });
      if (done.some(({ command }) => command === "delete")) removeFoldersOfDeleted({ ports, ledger });
      for (const line of batchSummary(out.style, { done, dry })) out.line(line);
      out.result(done);
    });
  },
});
