import { defineCommand } from "../../cli/command.ts";

/** `bd import`. */
export const command = defineCommand({
  name: "bd import",
  summary: "Take beads in from an issues.jsonl",
  description:
    "A record that the ledger has already changes it only where the record is newer; a bead that the file lacks stays. A line that cannot be taken in is " +
    "named with its number and reason, and everything else is in.",
  positionals: [{ name: "file", summary: "The file; - is standard input", completes: "file" }],
  flags: {
    input: {
      type: "string",
      short: "i",
      summary: "The file, instead of the argument",
      hidden: true,
      completes: "file",
    },
    "dry-run": { type: "boolean", summary: "Only tell what would happen" },
  },
  ignored: ["--force", "--orphan-handling=", "--rename-on-import", "--skip-existing"],
  examples: [
    { line: "bd import issues.jsonl", summary: "From a file" },
    { line: "bd import - --dry-run < issues.jsonl", summary: "What would happen" },
  ],
  exits: { 1: "some lines were refused; the others are in" },
  async run(context) {
    const { args, flags, ports, out, actor } = context;
    const [{ withLedger }, { importJsonl }, { withImportFile }, { printable }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../ledger/import.ts"),
      import("../bd_support/import_file.ts"),
      import("../../lib/printable.ts"),
    ]);
    const file = (args.file ?? flags.input ?? "-") as string;
    return await withLedger(context, (ledger) => {
      const dryRun = flags["dry-run"] === true;
      const summary = withImportFile(
        ports,
        { file, ledger },
        (path) => importJsonl(ledger, { path, actor, dryRun }),
      );
      const { created, changed, unchanged, refused } = summary;
      const said =
        `${created.length} new, ${changed.length} changed, ${unchanged} as they were, ${refused.length} refused`;
      out.line(dryRun ? `Would import: ${said}` : `${out.style.green("✓")} Imported: ${said}`);
      for (const { line, reason } of refused) out.note(`line ${line}: ${printable(reason)}`);
      out.result({ source: file, ...(dryRun ? { dry_run: true } : {}), ...summary });
      return refused.length === 0 ? 0 : 1;
    });
  },
});
