import { defineCommand } from "../../../cli/command.ts";

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
    const { out } = context;
    const [{ withLedger }, { changeLabel, labelCall }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/relating.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const call = labelCall(context, "remove");
    const { label } = call;
    await withLedger(context, (ledger) => {
      const changed = ledger.write(context.actor, (transaction) => changeLabel(transaction, call));
      const ids = changed.map((each) => out.style.cyan(printable(each.issue_id))).join(", ");
      out.line(`${out.style.green("✓")} Removed ${out.style.blue(printable(label))} from ${ids}`);
      out.result(changed);
    });
  },
});
