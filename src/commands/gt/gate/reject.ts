import { defineCommand } from "../../../cli/command.ts";

/** `gt gate reject`. */
export const command = defineCommand({
  name: "gt gate reject",
  summary: "Refuse a workflow that waits at a gate: its step fails, and is not tried again",
  positionals: [{ name: "gate", summary: "Its id", required: true, completes: "gate" }],
  flags: {
    reason: { type: "string", short: "r", summary: "Why", placeholder: "WHY", aliases: ["message"] },
  },
  examples: [
    { line: 'gt gate reject hq-mol-7k2.1 --reason "the changelog is empty"', summary: "No, and why" },
    { line: "gt gate reject hq-mol-7k2.1 --json", summary: "No, for a script" },
  ],
  exits: { 1: "it is over, or you are not among those who may decide it" },
  async run(context) {
    const { decide } = await import("../../gt_support/gates.ts");
    decide(context, "rejected");
  },
});
