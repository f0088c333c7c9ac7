import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy apply`. */
export const command = defineCommand({
  name: "gt convoy apply",
  summary: "Make or update a convoy and its beads from a YAML file",
  description:
    "The file names the convoy and its beads: `name`, and under `beads` either an id that exists or a bead with `id`, " +
    "`title`, `description`, `acceptance`, `design`, `type`, `priority`, `labels`, `deps` (ids), `rig`, `agent`, " +
    "`molecule` and its `vars`. `owner`, `watchers` and defaults for `rig`, `agent`, `molecule` and `vars` stand at the " +
    "top. Everything happens in one write or not at all, nothing is removed, and a second time nothing changes.",
  positionals: [{
    name: "file",
    summary: "The YAML file; - reads standard input",
    required: true,
    completes: "file",
  }],
  flags: {
    "dry-run": { type: "boolean", short: "n", summary: "Say what would change, and change nothing" },
    launch: { type: "boolean", summary: "Then give its beads to workers" },
  },
  examples: [
    { line: "gt convoy apply convoys/auth.yaml --dry-run", summary: "The plan" },
    { line: "gt convoy apply convoys/auth.yaml --launch", summary: "Make it so, and start" },
  ],
  exits: {
    1: "the file is not valid (with line and column), or a bead of it is refused; nothing is written",
  },
  async run({ ports, args, flags, out, actor }) {
    const [{ openTown }, { convoyInTown }, { applyConvoy }, { changeLines, stayingLines }] = await Promise
      .all([
        import("../../../town/town.ts"),
        import("../../gt_support/convoy_source.ts"),
        import("../../../town/convoys/convoy_apply.ts"),
        import("../../../ui/convoy_plan_text.ts"),
      ]);
    const town = openTown(ports);
    const file = await convoyInTown(ports, { town, path: args.file as string });
    const dryRun = flags["dry-run"] === true;
    const launches = flags.launch === true && !dryRun;
    const { assertFileLaunchable, launchAndPrint } = await import("../../gt_support/launching.ts");
    const order = { by: actor };
    if (launches) await assertFileLaunchable({ ports, town }, { file, path: args.file as string, order });
    const applied = applyConvoy(town.ledger, { file, actor, random: ports.random, dryRun });
    const { style } = out;
    for (const line of changeLines(style, applied.steps)) out.line(line);
    for (const line of stayingLines(applied)) out.note(line);
    const { id } = applied.convoy;
    const count = applied.steps.length;
    const changes = `${count} ${count === 1 ? "change" : "changes"}`;
    if (dryRun) out.line(count === 0 ? "Nothing would change" : `${changes}; nothing is written (--dry-run)`);
    else {out.line(
        count === 0 ? `${id}: nothing has changed` : `${style.green("✓")} ${style.bold(id)}: ${changes}`,
      );}
    const launched = launches
      ? await launchAndPrint({ ports, town, out }, { convoy: applied.convoy.key, ...order })
      : undefined;
    out.result({
      convoy: id,
      changes: applied.steps,
      dry_run: dryRun,
      unnamed: applied.unnamed,
      unnamed_deps: applied.unnamedDeps,
      ...launched,
    });
  },
});
