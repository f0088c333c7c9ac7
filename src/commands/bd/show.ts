import { defineCommand } from "../../cli/command.ts";

/** `bd show`. */
export const command = defineCommand({
  name: "bd show",
  summary: "Show beads with all that belongs to them",
  positionals: [{
    name: "bead",
    summary: "Ids, or beginnings of ids that only one bead has",
    required: true,
    variadic: true,
    completes: "bead",
  }],
  flags: {
    short: { type: "boolean", summary: "One line each" },
    children: { type: "boolean", summary: "Only the children" },
    "as-of": {
      type: "string",
      summary: "As they were then: a time, 2h ago as 2h, a revision of git, an operation of `bd history`",
      placeholder: "MOMENT",
    },
    long: { type: "boolean", summary: "Taken for older scripts", hidden: true },
    refs: { type: "boolean", summary: "Taken for older scripts", hidden: true },
  },
  aliases: ["view"],
  examples: [
    { line: "bd show cs-login", summary: "Everything about one bead" },
    { line: "bd show cs-login --as-of yesterday", summary: "As it was when the day began" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { resolveBead }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ids.ts"),
    ]);
    await withLedger(context, async (ledger) => {
      const view = flags["as-of"] === undefined ? ledger.view : await viewAsOf(context, ledger);
      const beads = (args.bead as readonly string[]).map((text) => resolveBead(view, text));
      if (flags.children === true) {
        const { childrenOf } = await import("../../beads/dependencies.ts");
        const { printRows } = await import("../bd_support/rows.ts");
        const { rowShapes } = await import("../../beads/export_shape.ts");
        const children = beads.flatMap((bead) => childrenOf(view, bead.key));
        printRows(context, children.map((bead) => ({ bead })));
        out.result(rowShapes(view, children));
        return;
      }
      if (out.json) {
        const { showShape } = await import("../../beads/export_shape.ts");
        out.result(beads.map((bead) => showShape(view, bead)));
      } else if (flags.short === true) {
        const { printRows } = await import("../bd_support/rows.ts");
        printRows(context, beads.map((bead) => ({ bead })));
      } else {
        const { detailLines } = await import("../bd_support/detail.ts");
        out.line(beads.map((bead) => detailLines(context, { view, bead }).join("\n")).join("\n\n"));
      }
    });
  },
});

async function viewAsOf(
  context: Parameters<typeof command.run>[0],
  ledger: import("../../ledger/ledger.ts").Ledger,
): Promise<import("../../ledger/ledger.ts").View> {
  const { viewOfThen } = await import("../bd_support/then.ts");
  return await viewOfThen(context, { ledger, text: context.flags["as-of"] as string });
}
