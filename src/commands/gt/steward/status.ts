import { defineCommand } from "../../../cli/command.ts";

/** `gt steward status`. */
export const command = defineCommand({
  name: "gt steward status",
  summary: "Show whether the steward runs",
  examples: [
    { line: "gt steward status", summary: "In a line" },
    { line: "gt steward status --json", summary: "For a script" },
  ],
  exits: { 1: "it does not run" },
  async run({ ports, out }) {
    const [{ openTown }, { programStatus }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/program_status.ts"),
    ]);
    const program = await programStatus({ ports, town: openTown(ports) }, "steward");
    out.line(program.text);
    out.result(program.row);
    return program.row.state === "gone" ? 1 : 0;
  },
});
