import { defineCommand } from "../../../cli/command.ts";

/** `gt rig show`. */
export const command = defineCommand({
  name: "gt rig show",
  summary: "Show a rig: its settings, its folders, and the work on its hooks",
  positionals: [{ name: "rig", summary: "Name of the rig", required: true, completes: "rig" }],
  examples: [
    { line: "gt rig show csm", summary: "Settings, worktrees, work" },
    { line: "gt rig show csm --json", summary: "The same as JSON" },
  ],
  async run({ args, ports, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { describeRig } = await import("../../../town/rigs/rig_report.ts");
    const { liveAssignments } = await import("../../../work/attempt_store.ts");
    const { formatDuration } = await import("../../../lib/duration.ts");
    const town = openTown(ports);
    const name = args.rig as string;
    const rig = await describeRig(town, name);
    const live = liveAssignments(town.ledger.view, { rig: name });
    const work = live.map(({ bead, attempt }) => ({
      id: bead.id,
      title: bead.title,
      n: attempt.n,
      state: attempt.state,
    }));
    out.result({ ...rig, work });
    out.line(`${out.style.bold(name)}  ${rig.url}`);
    out.line(`  prefix     ${rig.prefix}`);
    out.line(`  branch     ${rig.branch}  ${out.style.dim(rig.commit?.slice(0, 10) ?? "not fetched")}`);
    out.line(`  merge      ${rig.merge}`);
    for (const check of rig.checks) {
      const limit = check.timeout === undefined ? "" : `  ${formatDuration(check.timeout)}`;
      out.line(
        `  check      ${check.name === check.run ? check.run : `${check.name}: ${check.run}`}${limit}`,
      );
    }
    if (rig.checks.length === 0) {
      out.line(`  check      ${out.style.yellow("none: whatever merges without conflict lands")}`);
    }
    for (const setup of rig.setup) out.line(`  setup      ${setup}`);
    if (rig.agent !== undefined) out.line(`  agent      ${rig.agent}`);
    out.line(`  folder     ${rig.folder}`);
    for (const worktree of rig.worktrees) {
      out.line(`  worktree   ${worktree.path}  ${out.style.dim(worktree.branch ?? "detached")}`);
    }
    for (const { id, title, n, state } of work) {
      out.line(`  work       ${id}  ${title}  (attempt ${n}, ${state})`);
    }
  },
});
