import { defineCommand } from "../../../cli/command.ts";

/** `bd config get`. */
export const command = defineCommand({
  name: "bd config get",
  summary: "Show a setting of the ledger",
  positionals: [{ name: "name", summary: "Its name, such as prefix", required: true }],
  examples: [
    { line: "bd config get prefix", summary: "What ids begin with" },
    { line: "bd config get prefix --json", summary: "For a script" },
  ],
  exits: { 1: "it is not set" },
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { settingName }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/settings.ts"),
      import("../../../lib/printable.ts"),
    ]);
    return await withLedger(context, ({ view }) => {
      const name = settingName(args.name as string);
      const value = view.setting(name);
      if (value === undefined) out.note(`${printable(name)} is not set`);
      else out.answer(printable(typeof value === "string" ? value : JSON.stringify(value)));
      out.result({ key: name, value: value ?? null });
      return value === undefined ? 1 : 0;
    });
  },
});
