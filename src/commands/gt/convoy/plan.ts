import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy plan`. */
export const command = defineCommand({
  name: "gt convoy plan",
  summary: "Say what a convoy file would make and change, and in which waves its beads would be done",
  description:
    "Nothing is written. Beads of one wave can be done at the same time; each of the next waits for some of it.",
  positionals: [{
    name: "file",
    summary: "The YAML file; - reads standard input",
    required: true,
    completes: "file",
  }],
  examples: [
    { line: "gt convoy plan convoys/auth.yaml", summary: "Before it is applied" },
    { line: "gt convoy plan convoys/auth.yaml --json", summary: "For a script" },
  ],
  exits: { 1: "the file is not valid (with line and column), or a bead of it is refused" },
  async run({ ports, args, out, actor }) {
    const [
      { openTown },
      { convoyInTown },
      { applyConvoy },
      { convoyWaves },
      { changeLines, stayingLines, waveLines },
    ] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../gt_support/convoy_source.ts"),
      import("../../../town/convoys/convoy_apply.ts"),
      import("../../../work/convoy_waves.ts"),
      import("../../../ui/convoy_plan_text.ts"),
    ]);
    const town = openTown(ports);
    const file = await convoyInTown(ports, { town, path: args.file as string });
    const config = await town.config();
    let waves: ReturnType<typeof convoyWaves> = [];
    const applied = applyConvoy(town.ledger, {
      file,
      actor,
      random: ports.random,
      dryRun: true,
      seen: (view, convoy) => waves = convoyWaves(view, { convoy, config }),
    });
    const { style } = out;
    const { convoy, steps, unnamed, unnamedDeps } = applied;
    for (const line of changeLines(style, steps)) out.line(line);
    if (steps.length === 0) out.line(`${convoy.id}: nothing would change`);
    for (const line of stayingLines(applied)) out.note(line);
    out.line();
    for (const line of waveLines(style, waves)) out.line(line);
    if (waves.length === 0) out.line("Every bead of it is closed");
    out.result({ convoy: convoy.id, changes: steps, unnamed, unnamed_deps: unnamedDeps, waves });
  },
});
