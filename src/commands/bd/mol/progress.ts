import { defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

/** `bd mol progress`. */
export const command = defineCommand({
  name: "bd mol progress",
  summary: "Tell how far the steps of a bead are",
  description:
    "Without an id: of the bead on this session's hook, or of the one that the caller has taken on.",
  positionals: [{ name: "bead", summary: "An id, of the bead or of a step", completes: "bead" }],
  examples: [
    { line: "bd mol progress", summary: "Of the bead you are at" },
    { line: "bd mol progress cs-login --json", summary: "Of one bead, for a script" },
  ],
  async run(context) {
    const { args, out, ports } = context;
    const [{ withLedger }, { checklistsFor, progressShape }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/checklists.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const name = args.bead as string | undefined;
      const [checklist, ...more] = checklistsFor(context, { view, name, holder: undefined });
      if (!checklist || more.length > 0) {
        const state = name === undefined
          ? `${more.length > 0 ? "several beads have" : "no bead has"} steps`
          : "none";
        throw new CommandError("refused", `Cannot tell the progress of ${name ?? "your steps"}: ${state}`, {
          code: checklist ? "bead_ambiguous" : "no_steps",
          hints: ["bd mol progress BEAD", "gt sling BEAD RIG --molecule NAME gives a bead steps"],
        });
      }
      const shape = progressShape(checklist, ports.clock.now());
      const { bead, completed, total, current } = checklist;
      out.line(`${out.style.cyan(bead.id)}: ${completed} of ${total} steps done (${shape.percent} %)`);
      if (current) out.line(`now: ${current.id}`);
      if (shape.rate_per_hour !== undefined && completed < total) {
        out.line(out.style.dim(`${shape.rate_per_hour} an hour; ${shape.eta_hours} hours left at this rate`));
      }
      out.result(shape);
    });
  },
});
