import { defineCommand } from "../../../cli/command.ts";

/** `bd gate check`. */
export const command = defineCommand({
  name: "bd gate check",
  summary: "Open the gates whose condition holds now",
  description:
    "A timer when its time has come, a gate of a bead when that is closed, one of GitHub (gh:run, gh:pr) by asking `gh`. What waits for a person stays. " +
    "A gate whose time is over, or whose run or pull request failed, is told of and stays shut.",
  positionals: [{ name: "gate", summary: "Only these", variadic: true, completes: "gate" }],
  flags: { "dry-run": { type: "boolean", summary: "Only tell which would open" } },
  examples: [
    { line: "bd gate check", summary: "All that are shut" },
    { line: "bd gate check --dry-run --json", summary: "What would open, for a script" },
  ],
  exits: { 1: "of some it cannot be known" },
  async run(context) {
    const [{ withLedger }, { checkGates }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../bd_support/gates.ts"),
    ]);
    return await withLedger(context, (ledger) => checkGates(context, ledger));
  },
});
