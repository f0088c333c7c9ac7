import { defineCommand } from "../../../cli/command.ts";

/** `gt coordinator status`. */
export const command = defineCommand({
  name: "gt coordinator status",
  summary: "Show whether the coordinator runs",
  examples: [
    { line: "gt coordinator status", summary: "In a line" },
    { line: "gt coordinator status --json", summary: "For a script" },
  ],
  exits: { 1: "it does not run" },
  async run({ ports, out }) {
    const [{ openTown }, { programStatus }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/program_status.ts"),
    ]);
    const program = await programStatus({ ports, town: openTown(ports) }, "coordinator");
    out.line(program.text);
    out.result(program.row);
    return program.row.state === "gone" ? 1 : 0;
  },
});
