import { defineCommand } from "../../cli/command.ts";

/** `bd cook`. */
export const command = defineCommand({
  name: "bd cook",
  summary: "Say what a molecule comes to with its values, without making anything",
  description:
    "Its steps in their order, with everything that it is composed of in its place and the values filled in. `bd formula show` leaves the variables as " +
    "they are written, `bd mol pour` makes beads of it, and `gt mol run` runs it.",
  positionals: [{ name: "molecule", summary: "Its name or file", required: true, completes: "molecule" }],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "Value of one of its variables; may be given several times",
      placeholder: "NAME=VALUE",
    },
  },
  ignored: ["--dry-run", "--mode=", "--search-path="],
  examples: [
    { line: "bd cook worker-work", summary: "What a worker will do" },
    { line: "bd cook worker-work --json", summary: "For a script" },
  ],
  exits: { 1: "there is no such molecule, or it is wrong, or lacks a value" },
  async run(context) {
    const { command: plan } = await import("../gt/mol/plan.ts");
    return await plan.run(context);
  },
});
