import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `bd work`. */
export const command = defineCommand({
  name: "bd work",
  summary: "Take a bead and show what is to be done",
  description:
    "Refuses a bead that waits for others, or that someone else has. Again by the same caller it only shows it.",
  positionals: [{ name: "bead", summary: "An id", required: true, completes: "bead" }],
  flags: { force: { type: "boolean", short: "f", summary: "Although others hold it back" } },
  examples: [
    { line: "bd work cs-login", summary: "Begin" },
    { line: "bd work cs-login --json", summary: "Begin, for a script" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { claimBead }, { resolveBead }, { heldBy }, { showShape }, { detailLines }] =
      await Promise.all([
        import("../bd_support/ledger.ts"),
        import("../../beads/claim.ts"),
        import("../../beads/ids.ts"),
        import("../../beads/ready.ts"),
        import("../../beads/export_shape.ts"),
        import("../bd_support/detail.ts"),
      ]);
    await withLedger(context, (ledger) => {
      const bead = ledger.write(context.actor, (transaction) => {
        const found = resolveBead(transaction, args.bead as string);
        if (found.blocked && flags.force !== true) throw waiting(found.id, heldBy(transaction, found));
        return claimBead(transaction, { key: found.key, actor: context.actor });
      });
      out.line(`${out.style.green("✓")} ${out.style.magenta(`@${context.actor}`)} is at it\n`);
      out.line(detailLines(context, { view: ledger.view, bead }).join("\n"));
      out.line(`\n${out.style.dim(`when it is done: bd close ${bead.id}`)}`);
      out.result({ claimed: showShape(ledger.view, bead) });
    });
  },
});

function waiting(
  id: string,
  { blockers, outside }: { blockers: readonly { bead: { id: string } }[]; outside: readonly string[] },
): CommandError {
  const names = [...blockers.map(({ bead }) => bead.id), ...outside].join(", ");
  return new CommandError("refused", `Cannot work on bead "${id}": it waits for ${names}`, {
    code: "bead_blocked",
    hints: [
      ...blockers.slice(0, 3).map(({ bead }) => `bd show ${bead.id}`),
      `bd work ${id} --force takes it all the same`,
    ],
  });
}
