import { defineCommand } from "../../cli/command.ts";

/** `gt costs`. */
export const command = defineCommand({
  name: "gt costs",
  summary: "Show how many tokens agents have used, and what they cost at list prices",
  description:
    "Read from the transcripts of agents that keep them (Claude Code does), and recorded in the ledger, so that the figures outlive the transcripts. Dollars are list prices: with a subscription they say what the same tokens would cost. `prices` in town.yaml changes them; gt config schema explains it.\n\n--by turn reads the transcripts themselves, as long as the agent keeps them.",
  flags: {
    by: {
      type: "string",
      summary: "What to sum up by",
      default: "bead",
      values: [
        ...["bead", "attempt", "step", "convoy", "rig", "worker", "agent", "model", "day", "session", "turn"],
      ],
    },
    since: {
      type: "string",
      summary: "Only from this day on: 2026-03-01, or so long ago: 12h, 7d (whole days)",
      placeholder: "TIME",
    },
    bead: { type: "string", summary: "Only this bead", placeholder: "ID", completes: "bead" },
  },
  examples: [
    { line: "gt costs", summary: "By bead, the dearest first" },
    { line: "gt costs --by day --since 7d", summary: "The last week, day by day" },
    { line: "gt costs --by convoy --json", summary: "For a script" },
  ],
  async run({ flags, ports, out }) {
    const [{ openTown }, { askCosts }, { costLines }] = await Promise.all([
      import("../../town/town.ts"),
      import("../../agents/cost_question.ts"),
      import("../../ui/costs_text.ts"),
    ]);
    const answer = await askCosts({ ports, town: openTown(ports) }, {
      by: flags.by as Parameters<typeof askCosts>[1]["by"],
      since: flags.since as string | undefined,
      bead: flags.bead as string | undefined,
    });
    out.result(answer);
    for (const line of costLines(answer, { style: out.style, columns: ports.terminal.lineWidth() })) {
      out.line(line);
    }
  },
});
