import { defineCommand } from "../../../cli/command.ts";

/** `bd config unset`. */
export const command = defineCommand({
  name: "bd config unset",
  summary: "Remove a setting of the ledger",
  positionals: [{ name: "name", summary: "Its name", required: true }],
  examples: [
    { line: "bd config unset types.custom", summary: "Only the built-in types" },
    { line: "bd config unset status.custom", summary: "Only the built-in statuses" },
  ],
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { settingName }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/settings.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const name = settingName(args.name as string);
    await withLedger(context, (ledger) => {
      ledger.write(context.actor, (transaction) => transaction.setSetting(name, null));
      out.line(`${out.style.green("✓")} ${printable(name)} is not set any more`);
      out.result({ key: name, value: null });
    });
  },
});
