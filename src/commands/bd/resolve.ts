import { defineCommand } from "../../cli/command.ts";
import { CommandError } from "../../lib/errors.ts";

/** `bd resolve`. */
export const command = defineCommand({
  name: "bd resolve",
  summary: "End a conflict: keep what stands, or take what was lost",
  positionals: [
    { name: "bead", summary: "An id", required: true, completes: "bead" },
    { name: "register", summary: "Which of its fields; all by default" },
  ],
  flags: {
    keep: { type: "boolean", summary: "Keep the value that stands", aliases: ["ours"] },
    take: { type: "boolean", summary: "Take the value that was lost", aliases: ["theirs"] },
  },
  examples: [
    { line: "bd resolve cs-login title --take", summary: "The other title was the better one" },
    { line: "bd resolve cs-login --keep", summary: "All is well as it is" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    if ((flags.keep === true) === (flags.take === true)) {
      throw new CommandError("usage", "Cannot resolve: choose one of --keep and --take", {
        code: "no_choice",
        hints: ["see what stands and what was lost: bd conflicts"],
      });
    }
    const [{ withLedger }, { resolveBead }, { issueShape }, { doneLine }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ids.ts"),
      import("../../beads/export_shape.ts"),
      import("../bd_support/marks.ts"),
    ]);
    const register = args.register as string | undefined;
    await withLedger(context, (ledger) => {
      const bead = ledger.write(context.actor, (transaction) => {
        const { key, id } = resolveBead(transaction, args.bead as string);
        const conflicts = transaction.conflicts(key).filter((each) =>
          register === undefined || each.register === register
        );
        if (conflicts.length === 0) throw noConflict(register === undefined ? id : `${id} ${register}`);
        for (const conflict of conflicts) {
          transaction.resolveConflict(conflict, flags.take === true ? "take" : "keep");
        }
        return transaction.beadByKey(key)!;
      });
      out.line(doneLine(out.style, { verb: "Resolved", bead }));
      out.result(issueShape(ledger.view, bead));
    });
  },
});

function noConflict(what: string): CommandError {
  return new CommandError("refused", `Cannot resolve "${what}": there is no conflict`, {
    code: "no_conflict",
    hints: ["see those there are: bd conflicts"],
  });
}
