import { defineCommand } from "../../../cli/command.ts";

/** `gt mol cancel`. */
export const command = defineCommand({
  name: "gt mol cancel",
  summary: "End a run: what is at work first, then what it does finally",
  description:
    "Commands are told to end, nested runs are cancelled, gates, prompts and convoys are closed, all at once; when all of it " +
    "has ended, the `finally` of nested runs among it, the steps of `finally` run. The beads of a convoy stay with whoever has them. Whoever drives the run does that; where nobody does, it is done here.",
  positionals: [{
    name: "run",
    summary: "Its id, or its molecule's name for the latest of it; the latest of all when left out",
    completes: "run",
  }],
  flags: {
    force: { type: "boolean", summary: "End also a `finally` that is under way" },
    reason: { type: "string", summary: "Why, for whoever reads of it later", placeholder: "WHY" },
    jobs: {
      type: "number",
      short: "j",
      summary: "Commands at a time, also of nested runs; as many as there are processors",
      placeholder: "N",
    },
    "take-over": { type: "boolean", summary: "Go on with a run that another driver seems to have" },
  },
  examples: [
    { line: "gt mol cancel", summary: "The latest run" },
    { line: "gt mol cancel release --force", summary: "Its `finally` hangs" },
    { line: 'gt mol cancel release --reason "wrong version"', summary: "With a reason" },
  ],
  exits: {
    1: "there is no such run, it has ended otherwise, only `finally` is left, or what is left to do cannot be done here",
    130: "interrupted; it can go on",
  },
  async run(context) {
    const [
      { withRun, steerAndGoOn },
      { runName },
      { stillWorked },
      { present },
      { hasEnded },
      { statusSign },
    ] = await Promise.all([
      import("../../gt_support/go_on.ts"),
      import("../../../molecules/engine/journal/step_at.ts"),
      import("../../gt_support/still_worked.ts"),
      import("../../../lib/present.ts"),
      import("../../../molecules/machine/run.ts"),
      import("../../../ui/run_view.ts"),
    ]);
    const { actor, flags, out } = context;
    const text = flags.reason as string | undefined;
    const force = flags.force === true ? true as const : undefined;
    const event = { kind: "cancelled" as const, by: actor, ...present({ text, force }) };
    return await withRun(context, async (found) => {
      const { ledger, open } = found;
      const steered = (now: { open: typeof open; hasMoved: boolean }) => {
        const name = runName(open.key);
        out.line(
          `${statusSign(out.style, "cancelled")} ${name} ${
            now.hasMoved ? "is cancelled" : "was cancelled already"
          }`,
        );
        if (!now.hasMoved && !hasEnded(now.open.run)) {
          out.line(out.style.dim(`  If its \`finally\` hangs: gt mol cancel ${name} --force`));
        }
        for (const note of stillWorked(ledger.view, open)) out.note(note);
      };
      const code = await steerAndGoOn(context, { ...found, event, steered });
      return code === 130 ? code : 0;
    });
  },
});
