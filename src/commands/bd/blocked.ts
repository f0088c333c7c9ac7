import { defineCommand } from "../../cli/command.ts";

/** `bd blocked`. */
export const command = defineCommand({
  name: "bd blocked",
  summary: "List the beads that wait, and what for",
  flags: {
    parent: {
      type: "string",
      summary: "Below this bead, at any depth",
      placeholder: "BEAD",
      completes: "bead",
    },
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many; 0 for all",
      default: 0,
      placeholder: "N",
    },
  },
  examples: [
    { line: "bd blocked", summary: "Everything that waits" },
    { line: "bd blocked --json", summary: "With blocked_by, for a script" },
  ],
  async run(context) {
    const { flags } = context;
    const [
      { withLedger },
      { eachBlocked, heldBy },
      { blockedShape },
      { oneMore, printFound },
      { resolveBead },
    ] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ready.ts"),
      import("../../beads/export_shape.ts"),
      import("../bd_support/found.ts"),
      import("../../beads/ids.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const parent = flags.parent as string | undefined;
      const limit = flags.limit as number;
      printFound(context, {
        view,
        beads: eachBlocked(view, {
          limit: oneMore(limit),
          ...(parent === undefined ? {} : { under: resolveBead(view, parent).key }),
        }),
        limit,
        none: "Nothing is blocked",
        noteOf: (bead) => waitsFor(heldBy(view, bead)),
        shapeOf: (bead) => blockedShape(view, { bead, ...heldBy(view, bead) }),
      });
    });
  },
});

function waitsFor(
  { blockers, outside }: {
    blockers: readonly { bead: { id: string }; via?: { id: string } }[];
    outside: readonly string[];
  },
): string {
  const names = blockers.map(({ bead, via }) => via ? `${bead.id} (through ${via.id})` : bead.id);
  return `waits for ${[...names, ...outside].join(", ")}`;
}
