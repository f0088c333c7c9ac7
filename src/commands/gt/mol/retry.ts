import { defineCommand } from "../../../cli/command.ts";

/** `gt mol retry`. */
export const command = defineCommand({
  name: "gt mol retry",
  summary: "Try steps again that did not succeed, and go on with the run",
  description:
    "Without a step: all that failed or were cancelled. What could not run because of them runs then, their " +
    "`on_failure` as after a first failure, and `finally` at the end. What else has succeeded is not run again; a " +
    "nested run goes on with what failed in it.",
  positionals: [
    {
      name: "run",
      summary: "Its id, or its molecule's name for the latest of it",
      required: true,
      completes: "run",
    },
    { name: "step", summary: "Ids of steps, such as build or build[2]", variadic: true },
  ],
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
    { line: "gt mol retry release", summary: "All that failed in the latest run of this molecule" },
    { line: "gt mol retry release publish", summary: "One step" },
  ],
  exits: { 1: "the run failed again, or nothing of it can be tried again", 130: "interrupted; it can go on" },
  async run(context) {
    const [{ withRun, steerAndGoOn }, { noteChanged }] = await Promise.all([
      import("../../gt_support/go_on.ts"),
      import("../../gt_support/present_text.ts"),
    ]);
    const { actor, args } = context;
    const steps = (args.step as readonly string[] | undefined) ?? [];
    const event = { kind: "retried" as const, steps, by: actor, goOn: true as const };
    return await withRun(context, (found) =>
      steerAndGoOn(context, {
        ...{ ...found, event },
        steered: ({ open }) => noteChanged(context, { view: found.ledger.view, open }),
      }));
  },
});
