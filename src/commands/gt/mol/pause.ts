import { defineCommand } from "../../../cli/command.ts";

/** `gt mol pause`. */
export const command = defineCommand({
  name: "gt mol pause",
  summary: "Let a run begin nothing more until it is resumed",
  description: "What is at work goes on to its end. Whoever drives the run waits.",
  positionals: [{
    name: "run",
    summary: "Its id, or its molecule's name for the latest of it; the latest of all when left out",
    completes: "run",
  }],
  examples: [
    { line: "gt mol pause", summary: "The latest run" },
    { line: "gt mol pause release", summary: "The latest run of this molecule" },
  ],
  exits: { 1: "there is no such run, or it has ended" },
  async run(context) {
    const [{ withRun }, { steerRun }, { runName }, { runShape }] = await Promise.all([
      import("../../gt_support/go_on.ts"),
      import("../../../molecules/engine/journal/steer.ts"),
      import("../../../molecules/engine/journal/step_at.ts"),
      import("../../../ui/run_view.ts"),
    ]);
    const { actor, out, ports } = context;
    await withRun(context, ({ ledger, open }) => {
      const steered = steerRun(ledger, { open, actor, event: { kind: "paused", by: actor } });
      const name = runName(open.key);
      out.result(runShape(steered.open, ports.clock.now()));
      out.line(`${out.style.yellow("‖")} ${name} ${steered.hasMoved ? "paused" : "was paused already"}`);
      out.line(out.style.dim(`  gt mol resume ${name}`));
    });
  },
});
