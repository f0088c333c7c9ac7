import { defineCommand } from "../../../cli/command.ts";

/** `bd mol current`. */
export const command = defineCommand({
  name: "bd mol current",
  summary: "Show the steps of a bead and the one to do now",
  description:
    "Without an id: of the bead on this session's hook, or of all beads that the caller has taken on.",
  positionals: [{ name: "bead", summary: "An id, of the bead or of a step", completes: "bead" }],
  flags: {
    for: { type: "string", summary: "Of the beads that someone else has taken on", placeholder: "WHO" },
  },
  examples: [
    { line: "bd mol current", summary: "Where am I?" },
    { line: "bd mol current cs-login --json", summary: "The steps of one bead, for a script" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [
      { withLedger },
      { checklistsFor, currentShape, noSteps },
      { checklistLines, finishLine, stepText },
      { dueLines },
    ] = await Promise.all(
      [
        import("../../bd_support/ledger.ts"),
        import("../../bd_support/checklists.ts"),
        import("../../../ui/checklist_text.ts"),
        import("../../bd_support/due.ts"),
      ],
    );
    await withLedger(context, ({ view }) => {
      const name = args.bead as string | undefined;
      const checklists = checklistsFor(context, { view, name, holder: flags.for as string | undefined });
      for (const [at, checklist] of checklists.entries()) {
        if (at > 0) out.line();
        out.line(checklistLines(out.style, checklist).join("\n"));
        const step = checklist.current ?? checklist.next;
        if (step) {
          out.line(`\n${stepText(step).join("\n")}`);
          out.line(`\n${finishLine(out.style, step)}`);
        } else {
          const due = dueLines(out.style, { view, checklist, now: context.ports.clock.now() });
          out.line(`\n${due.join("\n")}`);
        }
      }
      if (checklists.length === 0) out.line(noSteps(name));
      out.result(checklists.map((checklist) => currentShape(view, checklist)));
    });
  },
});
