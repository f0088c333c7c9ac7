import { defineCommand } from "../../cli/command.ts";

/** `gt status`. */
export const command = defineCommand({
  name: "gt status",
  summary: "Show the town on one screen: programs, workers, queue, convoys, and what needs you",
  description:
    "Reads the ledger, locks and process ids; starts nothing and asks nobody, so it is safe to run in a loop.",
  aliases: ["st"],
  examples: [
    { line: "gt status", summary: "One screen" },
    { line: "gt status --json", summary: "The same for a script" },
  ],
  async run({ ports, out }) {
    const [{ openTown }, { readStatus }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../town/status.ts"),
    ]);
    const status = await readStatus({ ports, town: openTown(ports) });
    if (out.json) {
      const { statusJson } = await import("../../ui/status_json.ts");
      out.result(statusJson(status));
      return;
    }
    const { statusLines } = await import("../../ui/status_text.ts");
    const { clock, terminal } = ports;
    const lines = statusLines(status, { style: out.style, columns: terminal.lineWidth(), now: clock.now() });
    for (const line of lines) out.line(line);
  },
});
