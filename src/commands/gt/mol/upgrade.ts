import { defineCommand } from "../../../cli/command.ts";

/** `gt mol upgrade`. */
export const command = defineCommand({
  name: "gt mol upgrade",
  summary: "Move a run to the present text of its molecule, and show what differs",
  description:
    "A run goes on with the text it was begun with until it is moved. What has ended stays as it is and is not run " +
    "again; what has not begun follows the new text. A step that is at work must be the same in both. A run that has " +
    "failed or was cancelled goes on with the new text once it is tried again: gt mol retry.",
  positionals: [
    {
      name: "run",
      summary: "Its id, or its molecule's name for the latest of it",
      required: true,
      completes: "run",
    },
    {
      name: "file",
      summary: "File of the new text; the one it was begun with when left out",
      completes: "molecule",
    },
  ],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "Value of a variable; the run's own values stay where they are not given",
      placeholder: "NAME=VALUE",
    },
    "dry-run": {
      type: "boolean",
      short: "n",
      summary: "Only show what differs, and whether it can be moved",
    },
  },
  examples: [
    { line: "gt mol upgrade release --dry-run", summary: "What would change" },
    { line: "gt mol upgrade release", summary: "Move the latest run of this molecule" },
  ],
  exits: { 1: "there is no such run, it is ending or has succeeded, or a step that is at work was changed" },
  async run(context) {
    const { upgradeHere } = await import("../../gt_support/upgrade_run.ts");
    await upgradeHere(context);
  },
});
