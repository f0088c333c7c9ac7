import { defineCommand } from "../../../cli/command.ts";

/** `gt rig remove`. */
export const command = defineCommand({
  name: "gt rig remove",
  summary: "Take a repository out of the town",
  description:
    "The remote stays as it is, and so do the rig's beads. Commits, changes and new files that only this machine has " +
    "are kept: the rig's repository then moves to rigs/.removed, with all of them under refs/gt/rescue. A rig with " +
    "beads on its hooks or those of its crew, or with uncommitted changes in a crew worktree, is refused; --force takes the beads off " +
    "their hooks, keeps the changes as described, and removes it.",
  positionals: [{ name: "rig", summary: "Name of the rig", required: true, completes: "rig" }],
  flags: {
    "dry-run": { type: "boolean", summary: "Say what would be done, and do nothing" },
    force: { type: "boolean", summary: "Also when beads are on its hooks, or crew worktrees have changes" },
  },
  examples: [
    { line: "gt rig remove csm --dry-run", summary: "See what would be done" },
    { line: "gt rig remove csm", summary: "Remove it" },
  ],
  async run({ args, flags, ports, out, actor }) {
    const { openTown } = await import("../../../town/town.ts");
    const { planRemoval, removeRig } = await import("../../../town/rigs/rig_remove.ts");
    const { refuseLiveRig, removalLines } = await import("../../../town/rigs/rig_removal_report.ts");
    const { crewMembers } = await import("../../../town/crew_members.ts");
    const { liveAssignments } = await import("../../../work/attempt_store.ts");
    const { takenOnByCrew } = await import("../../../work/hooks.ts");
    const { releaseBeads, releaseCrew } = await import("../../../work/release.ts");
    const town = openTown(ports);
    const name = args.rig as string;
    const plan = await planRemoval(town, name);
    const crew = crewMembers({ ports, town }).filter(({ rig }) => rig === name).map((one) => one.name);
    const own = takenOnByCrew(town.ledger.view, crew);
    const others = liveAssignments(town.ledger.view, { rig: name }).map(({ bead }) => bead)
      .filter(({ key }) => !own.some((bead) => bead.key === key));
    const dry = flags["dry-run"] === true;
    if (!dry && flags.force !== true) refuseLiveRig(plan, [...others, ...own]);
    const live = [...others, ...own].map(({ id }) => id);
    if (!dry) {
      releaseBeads({ ports, town }, { beads: others.map(({ id }) => id), by: actor });
      releaseCrew({ ports, town }, { crew, by: actor });
    }
    const removal = dry ? plan : await removeRig(town, name);
    out.result({ ...removal, released: live, dry_run: dry });
    for (const line of removalLines(removal, { live, dry })) out.line(line);
  },
});
