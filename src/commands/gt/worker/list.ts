import { defineCommand } from "../../../cli/command.ts";

export const command = defineCommand({
  name: "gt worker list",
  summary: "List the workers and what they do",
  aliases: ["ls"],
  examples: [
    { line: "gt worker list", summary: "every worker with its bead" },
    { line: "gt worker list --json", summary: "the same as JSON" },
  ],
  async run({ ports, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { workerRows } = await import("../../../work/workers.ts");
    const { elapsed } = await import("../../../lib/duration.ts");
    const { printable } = await import("../../../lib/printable.ts");
    const rows = workerRows({ ports, town: openTown(ports) });
    out.result(rows);
    if (rows.length === 0) out.line("Nobody is at work. Sling a bead: gt sling BEAD RIG");
    const width = Math.max(0, ...rows.map((row) => row.bead.length));
    const now = ports.clock.now();
    for (const row of rows) {
      const age = elapsed(now - row.since);
      const state = row.state === "waiting" || row.state === "escalated"
        ? out.style.yellow(row.state)
        : row.state;
      out.line(
        `${out.style.bold(row.worker.padEnd(10))} ${row.bead.padEnd(width)}  ${state} ${
          out.style.dim(age)
        }  ` +
          `${printable(row.title)}`,
      );
    }
  },
});
