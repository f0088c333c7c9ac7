import { defineCommand } from "../../../cli/command.ts";

/** `gt refinery status`. */
export const command = defineCommand({
  name: "gt refinery status",
  summary: "Show whether the refineries run, and what they have to merge",
  positionals: [{ name: "rig", summary: "Name of a rig; all by default", completes: "rig" }],
  examples: [
    { line: "gt refinery status", summary: "Of all rigs" },
    { line: "gt refinery status --json", summary: "For a script" },
  ],
  exits: { 1: "one of them does not run" },
  async run({ ports, args, out }) {
    const [
      { openTown },
      { describeQueue },
      { entryState },
      { listedRigs },
      { describeProgram, programLine },
    ] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/queue_report.ts"),
      import("../../../refinery/queue_text.ts"),
      import("../../gt_support/chosen_rig.ts"),
      import("../../gt_support/rig_program.ts"),
    ]);
    const town = openTown(ports);
    const deps = { ports, town };
    const now = ports.clock.now();
    const rigs = await listedRigs(town, args.rig as string | undefined);
    const programs = rigs.map((rig) => {
      const queue = describeQueue(deps, rig);
      const merging = queue.entries.find((entry) => entry.state === "merging");
      return { ...describeProgram(deps, { role: "refinery", rig }), queue, merging };
    });
    for (const { queue, merging, ...program } of programs) {
      const detail = [
        `${queue.entries.length} to merge`,
        ...(merging ? [`${merging.bead} ${entryState(merging, now)}`] : []),
        ...(queue.paused ? [out.style.yellow("paused")] : []),
        ...(queue.unreachable ? [out.style.yellow("the remote does not answer")] : []),
      ].join(", ");
      out.line(programLine(program, { style: out.style, now, detail }));
    }
    out.result(programs.map(({ queue, merging, ...program }) => ({
      ...program,
      queue: queue.entries.length,
      ...(merging ? { merging: merging.bead } : {}),
      paused: queue.paused !== undefined,
      reachable: queue.unreachable === undefined,
    })));
    return programs.some(({ state }) => state === "gone") ? 1 : 0;
  },
});
