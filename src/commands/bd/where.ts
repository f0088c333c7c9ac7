import { defineCommand } from "../../cli/command.ts";

/** `bd where`. */
export const command = defineCommand({
  name: "bd where",
  summary: "Print the folder of the ledger that is used here",
  description: "BEADS_DIR, then the town, then the nearest `.beads` upwards.",
  examples: [
    { line: "bd where", summary: "The .beads folder" },
    { line: 'ls "$(bd where)/ops"', summary: "The logs, one folder a clone" },
  ],
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { defaultPrefix }, { join }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ids.ts"),
      import("node:path"),
    ]);
    await withLedger(context, ({ folder, view }) => {
      out.answer(folder);
      out.result({ path: folder, prefix: defaultPrefix(view), database_path: join(folder, "index.db") });
    });
  },
});
