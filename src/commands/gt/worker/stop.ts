import { defineCommand } from "../../../cli/command.ts";

export const command = defineCommand({
  name: "gt worker stop",
  summary: "End a worker's session; its bead waits",
  description:
    "Worktree, branch and attempt stay as they are until `gt worker start`, or `gt unsling` takes the bead back.",
  positionals: [{ name: "worker", summary: "A worker: 3 or worker-3", required: true, completes: "worker" }],
  examples: [
    { line: "gt worker stop 1", summary: "worker-1 rests" },
    { line: "gt worker stop worker-1 --json", summary: "the worker as JSON" },
  ],
  async run({ ports, args, out, actor }) {
    const { openTown } = await import("../../../town/town.ts");
    const { stopWorker } = await import("../../../work/workers.ts");
    const deps = { ports, town: openTown(ports) };
    const row = await stopWorker(deps, { worker: args.worker as string, by: actor });
    out.result(row);
    out.line(
      `${out.style.green("✓")} ${row.worker} rests; ${row.bead} waits. Go on: gt worker start ${row.number}`,
    );
  },
});
