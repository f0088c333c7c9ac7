import { defineCommand } from "../../../cli/command.ts";

/** `bd config set`. */
export const command = defineCommand({
  name: "bd config set",
  summary: "Change a setting of the ledger; it travels with every sync",
  description:
    "Known settings: prefix (what new ids begin with), types.custom and status.custom (further types and statuses, comma-separated). Others are kept for other tools.",
  positionals: [
    { name: "name", summary: "Its name, such as prefix", required: true },
    { name: "value", summary: "What it is to be", required: true },
  ],
  examples: [
    { line: "bd config set prefix cs", summary: "New ids begin with cs-" },
    { line: "bd config set types.custom spike,incident", summary: "Types of your own" },
  ],
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { settingName, settingValue }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/settings.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const name = settingName(args.name as string);
    const value = settingValue(name, args.value as string);
    await withLedger(context, (ledger) => {
      ledger.write(context.actor, (transaction) => transaction.setSetting(name, value));
      out.line(`${out.style.green("✓")} ${printable(name)} = ${printable(value)}`);
      out.result({ key: name, value });
    });
  },
});
