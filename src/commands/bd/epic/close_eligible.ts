import { defineCommand } from "../../../cli/command.ts";

/** `bd epic close-eligible`. */
export const command = defineCommand({
  name: "bd epic close-eligible",
  summary: "Close every epic whose children are all closed",
  description:
    "An epic above that becomes complete by it is closed too. One that waits for others stays open.",
  flags: { "dry-run": { type: "boolean", summary: "Only show which" } },
  examples: [
    { line: "bd epic close-eligible --dry-run", summary: "Which would be closed" },
    { line: "bd epic close-eligible", summary: "Close them" },
  ],
  async run(context) {
    const { flags, out } = context;
    const [{ withLedger }, { closeEligibleEpics }, { beadPhrase, doneLine }, { tryOut }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/epics.ts"),
      import("../../bd_support/marks.ts"),
      import("../../bd_support/try_out.ts"),
    ]);
    await withLedger(context, (ledger) => {
      const dry = flags["dry-run"] === true;
      const closed = tryOut(ledger, { actor: context.actor, dry, change: closeEligibleEpics });
      if (closed.length === 0) out.line(out.style.dim("No epic has all its children closed"));
      else if (dry) out.line("Would close");
      for (const epic of closed) {
        out.line(
          dry ? `  ${beadPhrase(out.style, epic)}` : doneLine(out.style, { verb: "Closed", bead: epic }),
        );
      }
      out.result({
        ...(dry ? { dry_run: true } : {}),
        closed: closed.map((epic) => epic.id),
        count: closed.length,
      });
    });
  },
});
