import { defineCommand } from "../../../cli/command.ts";

export const command = defineCommand({
  name: "gt worker show",
  summary: "Show one worker: its bead, state, session and worktree",
  aliases: ["status"],
  positionals: [{ name: "worker", summary: "A worker: 3 or worker-3", required: true, completes: "worker" }],
  examples: [
    { line: "gt worker show 1", summary: "worker-1 in full" },
    { line: "gt worker show worker-1 --json", summary: "the same as JSON" },
  ],
  async run({ ports, args, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { workerLog, workerRow } = await import("../../../work/workers.ts");
    const { elapsed } = await import("../../../lib/duration.ts");
    const { printable } = await import("../../../lib/printable.ts");
    const town = openTown(ports);
    const row = workerRow({ ports, town }, args.worker as string);
    const worktree = town.paths.rig(row.rig).worker(row.number);
    const log = workerLog({ ports, town }, row.number);
    out.result({ ...row, worktree, log });
    const now = ports.clock.now();
    out.line(`${out.style.bold(row.worker)}  ${row.bead}: ${printable(row.title)}`);
    out.line(`  state     attempt ${row.attempt}, ${row.state} for ${elapsed(now - row.since)}`);
    if (row.question) out.line(`  question  ${printable(row.question)}`);
    out.line(`  agent     ${row.agent} in session ${row.session}, process ${row.alive}`);
    if (row.activity) out.line(`  last sign ${row.activity.event}, ${elapsed(now - row.activity.at)} ago`);
    out.line(`  branch    ${row.branch}`);
    out.line(`  worktree  ${worktree}`);
    out.line(`  log       ${log}`);
    out.line(out.style.dim(`  watch it: gt attach ${row.worker}`));
  },
});
