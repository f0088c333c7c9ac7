import { defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

/** `bd label remove`. */
export const command = defineCommand({
  name: "bd label remove",
  summary: "Take a label off beads",
  positionals: [
    { name: "bead", summary: "Ids, and the label last", required: true, variadic: true, completes: "bead" },
  ],
  aliases: ["rm"],
  examples: [
    { line: "bd label remove cs-login auth", summary: "No longer marked" },
    { line: "bd label remove cs-login cs-form auth", summary: "Several beads at once" },
  ],
  async run(context) {
    const { args, out } = context;
    const names = (args.bead as readonly string[]).slice(0, -1);
    const label = (args.bead as readonly string[]).at(-1)!.trim();
    if (names.length === 0 || label === "") {
      throw new CommandError("usage", "Missing LABEL for `bd label remove`", {
        code: "missing_argument",
        hints: ["bd label remove BEAD LABEL"],
      });
    }
    const [{ withLedger }, { resolveBead }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/ids.ts"),
      import("../../../lib/printable.ts"),
    ]);
    await withLedger(context, (ledger) => {
      const changed = ledger.write(context.actor, (transaction) =>
        names.map((name) => {
          const { key, id } = resolveBead(transaction, name);
          transaction.removeLabel(key, label);
          return { status: "removed", issue_id: id, label };
        }));
      const ids = changed.map((each) => out.style.cyan(printable(each.issue_id))).join(", ");
      out.line(`${out.style.green("✓")} Removed ${out.style.blue(printable(label))} from ${ids}`);
      out.result(changed);
    });
  },
});
