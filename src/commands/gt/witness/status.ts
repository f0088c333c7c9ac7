import { defineCommand } from "../../../cli/command.ts";

/** `gt witness status`. */
export const command = defineCommand({
  name: "gt witness status",
  summary: "Show whether the witnesses run, and how their workers are",
  positionals: [{ name: "rig", summary: "Name of a rig; all by default", completes: "rig" }],
  examples: [
    { line: "gt witness status", summary: "Of all rigs" },
    { line: "gt witness status --json", summary: "For a script" },
  ],
  exits: { 1: "one of them does not run" },
  async run({ ports, args, out }) {
    const [{ openTown }, { describeWorkers }, { listedRigs }, { describeProgram, programLine }] =
      await Promise
        .all([
          import("../../../town/town.ts"),
          import("../../../witness/report.ts"),
          import("../../gt_support/chosen_rig.ts"),
          import("../../gt_support/rig_program.ts"),
        ]);
    const town = openTown(ports);
    const deps = { ports, town };
    const now = ports.clock.now();
    const rigs = await listedRigs(town, args.rig as string | undefined);
    const programs = await Promise.all(rigs.map(async (rig) => ({
      ...describeProgram(deps, { role: "witness", rig }),
      workers: await describeWorkers(deps, rig),
    })));
    out.result(programs);
    for (const { workers, ...program } of programs) {
      const detail = workers.length === 1 ? "1 worker" : `${workers.length} workers`;
      out.line(programLine(program, { style: out.style, now, detail }));
      for (const { worker, bead, state } of workers) {
        const isTrouble = state === "dead" || state === "stalled" || state === "idle-with-work";
        out.line(`  ${worker.padEnd(10)} ${bead}  ${isTrouble ? out.style.yellow(state) : state}`);
      }
    }
    return programs.some(({ state }) => state === "gone") ? 1 : 0;
  },
});
