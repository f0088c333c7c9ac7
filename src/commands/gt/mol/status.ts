import { defineCommand } from "../../../cli/command.ts";

/** `gt mol status`. */
export const command = defineCommand({
  name: "gt mol status",
  summary: "Show how far runs are; --watch follows one to its end",
  description:
    "Without a name: the runs that are under way, with --all those that have ended too. With a name: every step of " +
    "that run. --watch redraws on a terminal and prints a line for each step where there is none; with --json it " +
    "prints the run after each change, one object a line.",
  positionals: [{
    name: "run",
    summary: "Its id, or its molecule's name for the latest of it",
    completes: "run",
  }],
  flags: {
    watch: {
      type: "boolean",
      short: "w",
      summary: "Follow it to its end; the latest run when none is named",
    },
    all: { type: "boolean", short: "a", summary: "Runs that have ended as well" },
  },
  examples: [
    { line: "gt mol status --all", summary: "Every run" },
    { line: "gt mol status release --watch", summary: "Follow the latest run of this molecule" },
  ],
  exits: { 1: "there is no such run; with --watch: it did not succeed", 130: "with --watch: interrupted" },
  async run(context) {
    const { showRun, showRuns, watchRun } = await import("../../gt_support/show_runs.ts");
    if (context.flags.watch) return await watchRun(context);
    return await (context.args.run === undefined ? showRuns(context) : showRun(context));
  },
});
