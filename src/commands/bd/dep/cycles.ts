import { defineCommand } from "../../../cli/command.ts";

/** `bd dep cycles`. */
export const command = defineCommand({
  name: "bd dep cycles",
  summary: "Find beads that wait for each other in a circle",
  description: "One ledger refuses an edge that would close a circle; only two clones together can make one.",
  examples: [
    { line: "bd dep cycles", summary: "Each circle on a line" },
    { line: "bd dep cycles --json", summary: "As arrays of ids" },
  ],
  exits: { 1: "there are circles" },
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { dependencyCycles }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/dependencies.ts"),
      import("../../../lib/printable.ts"),
    ]);
    return await withLedger(context, ({ view }) => {
      const cycles = dependencyCycles(view).map((beads) => beads.map((bead) => bead.id));
      if (cycles.length === 0) out.line(`${out.style.green("✓")} No circles`);
      for (const ids of cycles) {
        out.line(`${out.style.red("✗")} ${[...ids, ids[0]!].map(printable).join(" → ")}`);
        out.line(
          out.style.dim(`  break it: bd dep remove ${printable(ids[0]!)} ${printable(ids[1] ?? ids[0]!)}`),
        );
      }
      out.result(cycles);
      return cycles.length === 0 ? 0 : 1;
    });
  },
});
