import { defineCommand } from "../../../cli/command.ts";

/** `gt mol start`. */
export const command = defineCommand({
  name: "gt mol start",
  summary: "Begin a workflow in the background: the steward drives it",
  description:
    "Returns at once. The run goes on whatever ends meanwhile: the steward, the town, the machine. One of the same " +
    "values that is under way is left to the steward instead, also when gt mol run began it and was ended. " +
    "Commands begin in the root of the repository of this folder, or in the town's.",
  positionals: [{ name: "molecule", summary: "Its file or name", required: true, completes: "molecule" }],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "Value of one of its variables; may be given several times",
      placeholder: "NAME=VALUE",
    },
    bead: {
      type: "string",
      summary: "The bead it is for, which its texts read as bead.id and bead.title",
      placeholder: "ID",
      completes: "bead",
    },
    "no-cache": {
      type: "boolean",
      summary: "Run every command, also one whose result is kept of an earlier run",
    },
    new: { type: "boolean", summary: "Begin another run although one with these values is under way" },
  },
  examples: [
    { line: "gt mol start release --var version=1.2.0", summary: "By the steward, in the background" },
    { line: "gt mol start molecules/nightly.yaml --new --json", summary: "Another one, from a script" },
  ],
  exits: { 1: "it cannot begin here, or there is no town" },
  async run(context) {
    const { startMolecule } = await import("../../gt_support/start_molecule.ts");
    await startMolecule(context);
  },
});
