import { defineCommand } from "../../../cli/command.ts";

/** `gt mol logs`. */
export const command = defineCommand({
  name: "gt mol logs",
  summary: "Show what happened in a run, and what its commands printed",
  description:
    "Everything in the order in which it happened, every attempt of every step, those of nested runs too; of what one " +
    "attempt printed the last 256 KB, with the file that holds the rest. -f follows the run to its end and shows lines " +
    "as they are printed.",
  positionals: [
    {
      name: "run",
      summary: "Its id, or its molecule's name for the latest of it; the latest of all when left out",
      completes: "run",
    },
    { name: "step", summary: "Only this step, such as build or build[2]" },
  ],
  flags: {
    follow: { type: "boolean", short: "f", summary: "Go on until the run has ended" },
  },
  examples: [
    { line: "gt mol logs", summary: "The latest run" },
    { line: "gt mol logs release publish -f", summary: "One step, as it goes" },
  ],
  exits: { 1: "there is no such run or step", 130: "with -f: interrupted" },
  async run(context) {
    const { showLogs } = await import("../../gt_support/run_logs.ts");
    return await showLogs(context);
  },
});
