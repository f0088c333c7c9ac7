import { defineCommand } from "../../../cli/command.ts";

/** `gt convoy list`. */
export const command = defineCommand({
  name: "gt convoy list",
  summary: "List the convoys with their progress",
  flags: { all: { type: "boolean", short: "a", summary: "Also those that have landed or were closed" } },
  aliases: ["ls"],
  examples: [
    { line: "gt convoy list", summary: "Those under way" },
    { line: "gt convoy list --all --json", summary: "All, for a script" },
  ],
  async run({ ports, flags, out }) {
    const [{ openTown }, { allConvoys, convoyState, openConvoys }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/convoys/convoys.ts"),
    ]);
    const { view } = openTown(ports).ledger;
    const convoys = flags.all ? allConvoys(view) : openConvoys(view);
    const states = convoys.map((convoy) => convoyState(view, convoy));
    if (out.json) {
      const { convoyJson } = await import("../../../ui/status_json.ts");
      out.result(states.map(convoyJson));
      return;
    }
    const [{ convoyRow }, { tableLines }] = await Promise.all([
      import("../../../ui/convoy_text.ts"),
      import("../../../ui/table.ts"),
    ]);
    const rows = states.map((state) => convoyRow(state, out.style));
    for (const line of tableLines(rows, { columns: ports.terminal.lineWidth(), indent: "" })) out.line(line);
    if (states.length > 0) return;
    out.line(
      flags.all ? "There is no convoy" : "No convoy is under way (--all shows those that have landed)",
    );
    out.line('gt convoy create "NAME" BEAD…');
  },
});
