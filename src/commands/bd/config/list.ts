import { defineCommand } from "../../../cli/command.ts";

/** `bd config list`. */
export const command = defineCommand({
  name: "bd config list",
  summary: "Show all settings of the ledger",
  examples: [
    { line: "bd config list", summary: "One a line" },
    { line: "bd config list --json", summary: "As an object" },
  ],
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { allSettings }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/settings.ts"),
      import("../../../lib/printable.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const settings = allSettings(view);
      for (const [name, value] of Object.entries(settings)) {
        out.line(
          `${out.style.cyan(printable(name))} = ${
            printable(typeof value === "string" ? value : JSON.stringify(value))
          }`,
        );
      }
      out.result(settings);
    });
  },
});
