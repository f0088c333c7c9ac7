import { defineCommand } from "../../../cli/command.ts";

/** `gt mol resume`. */
export const command = defineCommand({
  name: "gt mol resume",
  summary: "Go on with a run that was paused or interrupted",
  description:
    "What was paused by itself within the run stays paused, and is named. Where nobody drives the run, it is driven here, as by gt mol run, with the text it was begun with; what has " +
    "succeeded is not run again.",
  positionals: [{
    name: "run",
    summary: "Its id, or its molecule's name for the latest of it; the latest of all when left out",
    completes: "run",
  }],
  flags: {
    jobs: {
      type: "number",
      short: "j",
      summary: "Commands at a time, also of nested runs; as many as there are processors",
      placeholder: "N",
    },
    ci: {
      type: "boolean",
      summary: "Print annotations of GitHub and all output in groups; write the job's summary",
    },
    junit: { type: "string", summary: "Write a JUnit report", placeholder: "FILE", completes: "file" },
    "take-over": { type: "boolean", summary: "Go on with a run that another driver seems to have" },
  },
  examples: [
    { line: "gt mol resume", summary: "The latest run" },
    {
      line: "gt mol resume release --take-over",
      summary: "From a driver that hangs, or died on another machine",
    },
  ],
  exits: { 1: "the run failed or was cancelled, or cannot go on", 130: "interrupted; it can go on" },
  async run(context) {
    const [{ withRun, steerAndGoOn }, { pausedWithin }, { resumeCommand }, { runName }] = await Promise.all([
      import("../../gt_support/go_on.ts"),
      import("../../../molecules/engine/journal/follow_run.ts"),
      import("../../../ui/run_view.ts"),
      import("../../../molecules/engine/journal/step_at.ts"),
    ]);
    const { out } = context;
    const event = { kind: "resumed" as const, by: context.actor };
    return await withRun(context, (found) =>
      steerAndGoOn(context, {
        ...found,
        event,
        steered({ open }) {
          for (const held of pausedWithin(found.ledger.view, open)) {
            out.note(`${runName(held.key)}, which is nested in it, stays paused: ${resumeCommand(held)}`);
          }
        },
      }));
  },
});
