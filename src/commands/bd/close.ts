import { type Context, defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `bd close`. */
export const command = defineCommand({
  name: "bd close",
  summary: "Close beads that are done",
  description:
    "A bead that waits for open ones is not closed, unless forced; nor is one that a worker is at, who hands it in with `gt done`, nor one of the crew's while commits of theirs are not merged, nor a step of such a bead, but by its worker. " +
    "A reason that tells of a failure (failed, rejected, cancelled, …) frees what depends on it by conditional-blocks. " +
    "With --continue, the step of a molecule is closed, commands that follow it are run here, and the caller gets the next step. " +
    "A worker closes the step of a run's that way when no code had to change; a reason that is `failed`, or begins with `failed:`, fails it; so do `rejected:`, `cancelled:`, `abandoned:`, `aborted:` and `wontfix:`. A reason that only begins with such a word is refused there: it may mean either.",
  positionals: [{ name: "bead", summary: "Ids", required: true, variadic: true, completes: "bead" }],
  flags: {
    reason: {
      type: "string",
      short: "r",
      summary: "Why",
      placeholder: "WHY",
      default: "Closed",
      aliases: ["message"],
    },
    force: { type: "boolean", short: "f", summary: "Although others hold it back, or a worker is at it" },
    continue: { type: "boolean", summary: "Take the next step of the molecule, and show it" },
    "no-auto": { type: "boolean", summary: "With --continue: only show it" },
    output: {
      type: "list",
      whole: true,
      summary: "A value that a step gives to later ones; NAME:=JSON for anything but text",
      placeholder: "NAME=VALUE",
    },
    "suggest-next": { type: "boolean", summary: "Tell what has become ready by it" },
  },
  ignored: ["--session="],
  aliases: ["done"],
  examples: [
    { line: "bd close cs-login", summary: "Done" },
    { line: "bd close cs-login.1 --continue", summary: "A step is done; what is next?" },
    { line: "bd close hq-mol-7k2.3 --output verdict=good", summary: "A step of a run, with what it came to" },
    { line: "bd close cs-login --reason 'cancelled: no longer wanted'", summary: "Not done, and why" },
  ],
  exits: {
    1: "one may not be closed, or a command after it has failed",
    130: "with --continue: interrupted; a command that it ran was ended",
  },
  async run(context) {
    const { args, flags, out } = context;
    if (flags.continue === true) return await closeStep(context);
    const [
      { withLedger },
      { closeBeads },
      { givenOutputs },
      { issueShape },
      { closedLine, beadPhrase },
      { refuseUnmerged },
      { outcomeLines },
    ] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/closing.ts"),
      import("../output_values.ts"),
      import("../../beads/export_shape.ts"),
      import("../bd_support/marks.ts"),
      import("../bd_support/unmerged.ts"),
      import("../bd_support/step_outcome.ts"),
    ]);
    await withLedger(context, async (ledger) => {
      await refuseUnmerged(context, { ledger, verb: "close" });
      const { closed, before, unblocked, skipped } = closeBeads(ledger, {
        actor: context.actor,
        names: args.bead as readonly string[],
        reason: flags.reason as string,
        force: flags.force === true,
        env: context.ports.env,
        outputs: givenOutputs(flags.output as readonly string[] | undefined),
      });
      for (const bead of closed) {
        const isBefore = before.has(bead.key);
        out.line(closedLine(out.style, { bead, before: isBefore }));
        if (isBefore) continue;
        for (const line of outcomeLines(out.style, { ledger, bead })) out.line(line);
      }
      if (skipped.length > 0) {
        out.line(out.style.dim("  not needed now, and closed:"));
        for (const bead of skipped) out.line(`  ${beadPhrase(out.style, bead)}`);
      }
      if (unblocked.length > 0) {
        out.line(out.style.dim("  now ready:"));
        for (const bead of unblocked) out.line(`  ${beadPhrase(out.style, bead)}`);
      }
      const shapes = closed.map((bead) => issueShape(ledger.view, bead));
      out.result(
        flags["suggest-next"] === true
          ? { closed: shapes, unblocked: unblocked.map((bead) => issueShape(ledger.view, bead)) }
          : shapes,
      );
    });
  },
});

async function closeStep(context: Context): Promise<number> {
  const { args, flags } = context;
  const [name, ...more] = args.bead as readonly string[];
  if (more.length > 0) {
    throw new CommandError("usage", "Cannot continue after several beads: --continue takes one step", {
      code: "one_step",
      hints: [`bd close ${name} --continue`],
    });
  }
  const [{ withLedger }, { givenOutputs }, { continueFrom }, { refuseUnmerged }] = await Promise.all([
    import("../bd_support/ledger.ts"),
    import("../output_values.ts"),
    import("../bd_support/continuing_flow.ts"),
    import("../bd_support/unmerged.ts"),
  ]);
  return await withLedger(context, async (ledger) => {
    await refuseUnmerged(context, { ledger, verb: "close" });
    return await continueFrom(context, {
      ...{ ledger, name: name! },
      reason: flags.reason as string,
      force: flags.force === true,
      claim: flags["no-auto"] !== true,
      outputs: givenOutputs(flags.output as readonly string[] | undefined),
    });
  });
}
