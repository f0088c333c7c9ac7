import { defineCommand } from "../../cli/command.ts";

/** `bd delete`. */
export const command = defineCommand({
  name: "bd delete",
  summary: "Remove beads for good; first shows what would go",
  description:
    "Without --force nothing is removed. A removed bead leaves a mark, so that no other clone brings it back; a bead that someone changes elsewhere " +
    "at the same time survives, and `bd conflicts` shows it. Most beads are better closed. A run goes once it has ended.",
  positionals: [{ name: "bead", summary: "Ids", required: true, variadic: true, completes: "bead" }],
  flags: {
    force: { type: "boolean", short: "f", summary: "Remove them, and every edge that leads to them" },
    cascade: { type: "boolean", summary: "Everything below them too" },
    reason: { type: "string", short: "r", summary: "Why", placeholder: "WHY", default: "deleted" },
    "dry-run": { type: "boolean", summary: "Only show what would go, which is what happens without --force" },
  },
  ignored: ["--hard"],
  examples: [
    { line: "bd delete cs-4f", summary: "Show what would go" },
    { line: "bd delete cs-4f --force --reason 'made by mistake'", summary: "Remove it" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [
      { withLedger },
      { deleteBeads, deletionOf, deletionShape },
      { beadPhrase },
      { printable },
      { removeFoldersOfDeleted },
    ] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/deletion.ts"),
      import("../bd_support/marks.ts"),
      import("../../lib/printable.ts"),
      import("../../molecules/engine/commands/run_folders.ts"),
    ]);
    const really = flags.force === true && flags["dry-run"] !== true;
    await withLedger(context, (ledger) => {
      const names = args.bead as readonly string[];
      const cascade = flags.cascade === true;
      const deletion = really
        ? deleteBeads(ledger, {
          ...{ actor: context.actor, env: context.ports.env },
          ...{ names, cascade, reason: flags.reason as string },
        })
        : deletionOf(ledger.view, { names, cascade });
      if (really) removeFoldersOfDeleted({ ports: context.ports, ledger });
      const { style } = out;
      out.line(really ? `${style.green("✓")} Deleted` : "Would delete");
      for (const bead of deletion.beads) out.line(`  ${beadPhrase(style, bead)}`);
      for (const { from, to, type } of deletion.edges) {
        out.line(style.dim(`  the edge ${printable(from)} → ${printable(to)} (${printable(type)})`));
      }
      if (!really) {
        out.line(
          style.dim(`nothing was removed; to do it: bd delete ${names.map(printable).join(" ")} --force`),
        );
      }
      out.result({ ...(really ? {} : { dry_run: true }), ...deletionShape(deletion) });
    });
  },
});
