import { defineCommand } from "../../cli/command.ts";

/** `bd export`. */
export const command = defineCommand({
  name: "bd export",
  summary: "Write all beads as an issues.jsonl, one object a line",
  flags: {
    output: {
      type: "string",
      short: "o",
      summary: "Into a file; standard output by default",
      placeholder: "FILE",
      completes: "file",
    },
  },
  ignored: ["--all", "--force", "--format=", "--include-infra"],
  examples: [
    { line: "bd export -o issues.jsonl", summary: "Into a file" },
    { line: "bd export > backup.jsonl", summary: "Through the shell" },
  ],
  async run(context) {
    const { flags, ports, out } = context;
    const [{ withLedger }, { exportProjection, projectionBlocks }, { resolve }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../ledger/projection.ts"),
      import("node:path"),
    ]);
    await withLedger(context, ({ view }) => {
      const file = flags.output as string | undefined;
      if (file === undefined) {
        return view.atOnce(() => {
          for (const block of projectionBlocks(view)) ports.terminal.write(block);
        });
      }
      const exported = exportProjection(view, resolve(ports.env.cwd(), file));
      out.line(`${out.style.green("✓")} Wrote ${exported} beads to ${file}`);
      out.result({ path: file, exported });
    });
  },
});
