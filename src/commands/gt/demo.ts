import { defineCommand } from "../../cli/command.ts";
import type { DemoReport } from "../../demo/demo.ts";

export const command = defineCommand({
  name: "gt demo",
  summary: "See the whole job on a temporary town, with a conflict and a killed worker",
  description:
    "Makes a town and a sample repository in a temporary folder, slings a convoy of beads to workers in real " +
    "tmux sessions, kills one of them, and proves at the end that everything was merged exactly once. The work is " +
    "done by the built-in script agent, which follows a script: no model is called and nothing outside the folder changes.",
  flags: {
    workers: { type: "number", summary: "How many workers run at once", placeholder: "N", default: 4 },
    keep: { type: "boolean", summary: "Leave the town running, to look around in it" },
    speed: {
      type: "number",
      summary: "How fast the script agent's pauses pass; 2 is twice as fast",
      default: 1,
    },
  },
  examples: [
    { line: "gt demo", summary: "takes about ten seconds" },
    { line: "gt demo --workers 8 --keep", summary: "more beads, and the town stays" },
  ],
  exits: { 1: "something that should hold does not; it says what" },
  async run({ ports, flags, out }) {
    const { CommandError } = await import("../../lib/errors.ts");
    const { createTestEnv } = await import("../../ports/env.ts");
    const { runDemo } = await import("../../demo/demo.ts");
    const { interrupted } = await import("../../demo/watch.ts");
    const { workers, speed } = flags as { workers: number; speed: number };
    if (!Number.isInteger(workers) || workers < 1 || workers > 50 || !(speed > 0)) {
      throw new CommandError("usage", `Cannot run with ${workers} workers at speed ${speed}`, {
        code: "bad_number",
        hints: ["--workers takes 1 to 50, --speed a number above 0"],
      });
    }
    const env = createTestEnv({ ...ports.env.all(), GT_SPEED: String(speed) }, ports.env.cwd());
    const quiet = out.json || out.quiet;
    const terminal = {
      ...ports.terminal,
      ...(quiet ? { isTerminal: false, canDraw: false, write: () => {} } : {}),
    };
    const show = ({ proofs, timings }: DemoReport) => {
      out.line();
      for (const { claim, ok } of proofs) {
        out.line(`  ${ok ? out.style.green("✓") : out.style.red("✗")} ${claim}`);
      }
      out.line();
      for (const { name, ms } of timings) out.line(`  ${`${ms} ms`.padStart(9)}  ${name}`);
      out.line();
      if (!flags.keep) out.line(out.style.dim("Ending the town and removing its folder…"));
    };
    const report = await runDemo({ ...ports, env, terminal }, {
      workers,
      keep: flags.keep === true,
      style: out.style,
      print: (line) => out.line(line),
      report: show,
    });
    out.result(report);
    if (report.reason === interrupted) {
      throw new CommandError("interrupted", "Interrupted", { code: "interrupted" });
    }
    if (!report.ok) {
      throw new CommandError("refused", `Cannot prove the result: ${report.reason}`, {
        code: "demo_failed",
        hints: ["Keep the town to look at it: gt demo --keep"],
      });
    }
    out.line(
      `${out.style.green("Everything was merged, once.")} The same with Claude Code on your own repository:`,
    );
    out.line("  gt install ~/town && cd ~/town");
    out.line("  gt rig add app URL-or-path --check 'npm test'");
    out.line("  bd create 'What is to be done' --id app-first");
    out.line("  gt start && gt sling app-first app && gt status");
    if (flags.keep) {
      out.line();
      out.line(`The town is still running in ${report.town}. End it: gt shutdown --town ${report.town}`);
    }
  },
});
