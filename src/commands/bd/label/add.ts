import { defineCommand } from "../../../cli/command.ts";

/** `bd label add`. */
export const command = defineCommand({
  name: "bd label add",
  summary: "Put a label on beads",
  positionals: [
    { name: "bead", summary: "Ids, and the label last", required: true, variadic: true, completes: "bead" },
  ],
  examples: [
    { line: "bd label add cs-login auth", summary: "Marked" },
    { line: "bd label add cs-login cs-form auth", summary: "Several beads at once" },
  ],
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { changeLabel, labelCall }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/relating.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const call = labelCall(context, "add");
    const { label } = call;
    await withLedger(context, (ledger) => {
      const changed = ledger.write(context.actor, (transaction) => changeLabel(transaction, call));
      const ids = changed.map((each) => out.style.cyan(printable(each.issue_id))).join(", ");
      out.line(`${out.style.green("✓")} Added ${out.style.blue(printable(label))} to ${ids}`);
      out.result(changed);
    });
  },
});
