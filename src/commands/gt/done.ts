import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

export const command = defineCommand({
  name: "gt done",
  summary: "Submit the work on your hook to the merge queue",
  description:
    "For a worker, in its worktree. What is not committed is committed, the branch is pushed, and the bead " +
    "goes to the refinery; it closes when its commit is on the target branch. May be repeated at any time. " +
    "Steps that are open hold it back, except those of the workflow that a bead gets when nobody names one: what is " +
    "left of them is closed with it. In a worktree of the crew it submits what you have committed as the work of a bead: " +
    "what fails comes back to your hook, and your branch and your folder stay as they are.",
  positionals: [{
    name: "bead",
    summary: "In a worktree of the crew: the bead it is for, unless only one is on your hook",
    completes: "bead",
  }],
  flags: {
    "no-code": {
      type: "string",
      summary: "Nothing had to change: close the bead with this reason",
      placeholder: "WHY",
    },
    output: {
      type: "list",
      whole: true,
      summary: "A value that the step of a run gives to later ones; NAME:=JSON for anything but text",
      placeholder: "NAME=VALUE",
    },
  },
  examples: [
    { line: "gt done", summary: "commit the rest, push, submit" },
    { line: 'gt done --no-code "it was fixed by cs-session already"', summary: "close without a merge" },
    {
      line: "gt done cs-login",
      summary: "in rigs/csm/crew/ann: what ann has committed is the work of cs-login",
    },
  ],
  async run({ args, ports, flags, out, actor }) {
    const asked = args.bead as string | undefined;
    const bead = ports.env.get("GT_BEAD");
    const n = Number(ports.env.get("GT_ATTEMPT"));
    if (bead === undefined || !Number.isInteger(n) || n < 1) {
      const { handInHere } = await import("../gt_support/hand_in.ts");
      if (await handInHere({ ports, out, actor }, { bead: asked, flags })) return 0;
      throw new CommandError("refused", "Cannot submit: this is not the session of a worker", {
        code: "not_a_worker",
        hints: [
          "A bead is finished by its worker: gt worker list",
          "What you did yourself is submitted from your own worktree: gt crew add NAME",
          "Close a bead by hand: bd close ID --reason WHY",
        ],
      });
    }
    if (asked !== undefined && asked !== bead) {
      throw new CommandError("refused", `Cannot submit "${asked}": the bead on your hook is ${bead}`, {
        code: "not_your_bead",
        hints: ["gt done"],
      });
    }
    const { openTown } = await import("../../town/town.ts");
    const { finishWork } = await import("../../work/finish.ts");
    const { givenOutputs } = await import("../output_values.ts");
    const noCode = flags["no-code"] as string | undefined;
    const finish = await finishWork({ ports, town: openTown(ports) }, {
      bead,
      n,
      by: actor,
      outputs: givenOutputs(flags.output as readonly string[] | undefined),
      ...(noCode === undefined ? {} : { noCode }),
    });
    const { assignment, commit, committedRest, closedSteps } = finish;
    if (closedSteps.length > 0) {
      const ids = closedSteps.map(({ id }) => id).join(", ");
      out.note(`Closed with it what was left of its steps: ${ids}`);
    }
    if (commit === undefined) {
      out.line(`${out.style.green("✓")} ${bead} is closed without code. You are done.`);
    } else {
      if (committedRest) out.line("Committed what was left in the worktree.");
      out.line(
        `${out.style.green("✓")} ${bead} is submitted as ${commit.slice(0, 12)}. You are done; wait here.`,
      );
    }
    out.result({
      bead,
      attempt: n,
      state: assignment.attempt.state,
      ...(commit ? { commit } : {}),
      committed_rest: committedRest,
      ...(closedSteps.length > 0 ? { closed_steps: closedSteps.map(({ id }) => id) } : {}),
    });
  },
});
