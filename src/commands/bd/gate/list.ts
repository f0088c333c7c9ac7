import { defineCommand } from "../../../cli/command.ts";

/** `bd gate list`. */
export const command = defineCommand({
  name: "bd gate list",
  summary: "List the gates that are shut, and what they wait for",
  description: "Beads of type gate: those at which workflows wait, and those of other tools.",
  aliases: ["ls"],
  flags: {
    all: { type: "boolean", short: "a", summary: "Also those that are open" },
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many; 0 for all",
      default: 0,
      placeholder: "N",
    },
  },
  examples: [
    { line: "bd gate list", summary: "What waits" },
    { line: "bd gate list --all --json", summary: "With what became of them, for a script" },
  ],
  async run(context) {
    const [{ withLedger }, { eachGate }, { awaitedPhrase }, { printFound }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/gates.ts"),
      import("../../bd_support/gates.ts"),
      import("../../bd_support/found.ts"),
    ]);
    const { flags } = context;
    await withLedger(context, ({ view }) => {
      printFound(context, {
        view,
        beads: eachGate(view, { all: flags.all === true }),
        limit: flags.limit as number,
        none: "No gate is shut",
        noteOf: (gate) => gate.status === "closed" ? gate.close_reason : awaitedPhrase(gate),
      });
    });
  },
});
