import { defineCommand } from "../../../cli/command.ts";

export const command = defineCommand({
  name: "gt worker logs",
  summary: "Print what a worker's session has shown",
  positionals: [{ name: "worker", summary: "A worker: 3 or worker-3", required: true, completes: "worker" }],
  flags: {
    lines: { type: "number", short: "n", summary: "How many lines from the end; 0 for all", default: 100 },
    raw: { type: "boolean", summary: "Keep the terminal's control sequences" },
  },
  examples: [
    { line: "gt worker logs 1", summary: "the last 100 lines of worker-1" },
    { line: "gt worker logs 1 -n 0 --raw", summary: "all of it, as it was shown" },
  ],
  async run({ ports, args, flags, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { workerLog } = await import("../../../work/workers.ts");
    const { CommandError } = await import("../../../lib/errors.ts");
    const { stripVTControlCharacters } = await import("node:util");
    const number = Number(/(\d+)$/.exec(args.worker as string)?.[1]);
    const file = workerLog({ ports, town: openTown(ports) }, number);
    const text = ports.files.readText(file);
    if (text === undefined) {
      throw new CommandError("refused", `Cannot read the log of "${args.worker}": there is none`, {
        code: "log_not_found",
        hints: ["gt worker list"],
      });
    }
    const lines = (flags.raw ? text : stripVTControlCharacters(text).replaceAll("\r", "")).trimEnd().split(
      "\n",
    );
    const shown = flags.lines === 0 ? lines : lines.slice(-(flags.lines as number));
    out.result({ worker: number, file, lines: shown });
    for (const line of shown) out.line(line);
  },
});
