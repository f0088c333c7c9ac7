import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy close`. */
export const command = defineCommand({
  name: "gt convoy close",
  summary: "Close a convoy whose beads are all closed, or stop tracking it",
  description:
    "A convoy that is given up while beads of it are open fails the step of a workflow that waits for it.",
  positionals: [{
    name: "convoy",
    summary: "Its id, its name, or the beginning of either",
    required: true,
    completes: "convoy",
  }],
  flags: {
    force: { type: "boolean", summary: "Close it although beads are open; they stay as they are" },
    reason: { type: "string", short: "r", summary: "Why", placeholder: "WHY" },
  },
  examples: [
    { line: "gt convoy close hq-cv-auth-feature", summary: "All of it is done" },
    { line: 'gt convoy close auth --force --reason "not wanted any more"', summary: "Give it up" },
  ],
  exits: { 1: "beads of it are open; they are listed" },
  async run({ ports, args, flags, out, actor }) {
    const [
      { openTown },
      { closeConvoy },
      { convoyState, findConvoy },
      { convoyJson },
      { outcomeLines },
    ] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoy_changes.ts"),
      import("../../../town/convoys/convoys.ts"),
      import("../../../ui/status_json.ts"),
      import("../../bd_support/step_outcome.ts"),
    ]);
    const { ledger } = openTown(ports);
    const { key, status: before } = findConvoy(ledger.view, args.convoy as string);
    const convoy = ledger.write(actor, (transaction) =>
      closeConvoy(transaction, {
        convoy: key,
        force: flags.force === true,
        ...(flags.reason === undefined ? {} : { reason: flags.reason as string }),
      }));
    out.result(convoyJson(convoyState(ledger.view, convoy)));
    out.line(`${out.style.green("✓")} ${out.style.bold(convoy.id)} is closed: ${convoy.close_reason ?? ""}`);
    if (before === "closed") return;
    for (const line of outcomeLines(out.style, { ledger, bead: convoy })) out.line(line);
  },
});
