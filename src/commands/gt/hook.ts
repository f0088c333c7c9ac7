import { defineCommand } from "../../cli/command.ts";

export const command = defineCommand({
  name: "gt hook",
  summary: "Show what is on your hook",
  description:
    "In a worker's session: its bead, where it stands and the next command. Elsewhere: all that is slung.",
  aliases: ["work"],
  flags: {
    all: { type: "boolean", short: "a", summary: "Every hook of the town, also from within a session" },
  },
  examples: [
    { line: "gt hook", summary: "what you have to do" },
    { line: "gt hook --all --json", summary: "every hook of the town as JSON" },
  ],
  async run({ ports, flags, out, actor }) {
    const { openTown } = await import("../../town/town.ts");
    const { hookRows, ownHook } = await import("../../work/hooks.ts");
    const town = openTown(ports);
    const { ledger } = town;
    const isOwn = !flags.all && (ports.env.get("GT_BEAD") !== undefined || actor !== "overseer");
    const rows = isOwn
      ? ownHook(ledger.view, {
        actor,
        bead: ports.env.get("GT_BEAD"),
        n: Number(ports.env.get("GT_ATTEMPT")),
      })
      : hookRows(ledger.view);
    out.result(rows);
    if (rows.length === 0) {
      out.line(isOwn ? "Nothing is on your hook." : "Nothing is slung. Sling a bead: gt sling BEAD RIG");
      return;
    }
    const { printable } = await import("../../lib/printable.ts");
    for (const row of rows) {
      const what = row.attempt === undefined ? row.status : `attempt ${row.attempt}, ${row.state}`;
      out.line(`${out.style.bold(row.bead)}  ${printable(row.title)}`);
      out.line(`  ${row.holder} · ${what}${row.question ? ` · ${printable(row.question)}` : ""}`);
      if (row.next) out.line(`  ${out.style.dim("next:")} ${row.next}`);
    }
  },
});
