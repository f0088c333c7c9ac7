import { defineCommand } from "../../../cli/command.ts";

export const command = defineCommand({
  name: "gt worker start",
  summary: "Give a worker a new session on the bead it has",
  description:
    "For a worker that was stopped, waits or is stuck. The attempt and the worktree stay the same.",
  aliases: ["restart"],
  positionals: [{ name: "worker", summary: "A worker: 3 or worker-3", required: true, completes: "worker" }],
  examples: [
    { line: "gt worker start 1", summary: "worker-1 goes on where it was" },
    { line: "gt worker start worker-1 --json", summary: "the worker as JSON" },
  ],
  async run({ ports, args, out, actor }) {
    const { openTown } = await import("../../../town/town.ts");
    const { startWorker } = await import("../../../work/workers.ts");
    const deps = { ports, town: openTown(ports) };
    const row = await startWorker(deps, { worker: args.worker as string, by: actor });
    out.result(row);
    out.line(
      `${out.style.green("✓")} ${row.worker} gets a new session on ${row.bead}: gt attach ${row.worker}`,
    );
  },
});
