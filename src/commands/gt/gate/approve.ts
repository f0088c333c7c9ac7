import { defineCommand } from "../../../cli/command.ts";

/** `gt gate approve`. */
export const command = defineCommand({
  name: "gt gate approve",
  summary: "Let a workflow go on that waits at a gate",
  positionals: [{ name: "gate", summary: "Its id", required: true, completes: "gate" }],
  flags: {
    message: {
      type: "string",
      short: "m",
      summary: "What is to be said about it",
      placeholder: "TEXT",
      aliases: ["reason"],
    },
  },
  examples: [
    { line: "gt gate approve hq-mol-7k2.1", summary: "Go on" },
    { line: 'gt gate approve hq-mol-7k2.1 -m "after a look at the notes"', summary: "Go on, and say why" },
  ],
  exits: { 1: "it is over, or you are not among those who may decide it" },
  async run(context) {
    const { decide } = await import("../../gt_support/gates.ts");
    decide(context, "approved");
  },
});
