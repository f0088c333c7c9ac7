import type { View } from "../../../ledger/ledger.ts";
import { defineCommand } from "../../../cli/command.ts";

/** `bd mol burn`. */
export const command = defineCommand({
  name: "bd mol burn",
  summary: "Throw molecules away; first shows what would go",
  description:
    "Without --yes nothing is removed. A poured molecule and a run go with all below them; of a bead that is worked by a " +
    "molecule only the steps go. What goes leaves a mark, so that no other clone brings it back, and stays in the log: " +
    "`bd history ID` tells of it, `bd show ID --as-of TIME` shows it.",
  positionals: [{
    name: "bead",
    summary: "Ids of poured molecules, runs, or beads with steps",
    required: true,
    variadic: true,
    completes: "bead",
  }],
  flags: {
    yes: { type: "boolean", short: "y", summary: "Do it", aliases: ["force"] },
    "dry-run": { type: "boolean", short: "n", summary: "Only show what would go, as without --yes" },
    reason: { type: "string", short: "r", summary: "Why", placeholder: "WHY", default: "burned" },
  },
  examples: [
    { line: "bd mol burn cs-mol-4f", summary: "Show what would go" },
    { line: "bd mol burn cs-mol-4f --yes --reason 'another way was found'", summary: "Throw it away" },
  ],
  exits: { 1: "one has nothing of a molecule, is being driven, or a worker is at it; nothing is removed" },
  async run(context) {
    const { args, flags, out, ports } = context;
    const [
      { withLedger },
      { burn, burnedWith, refuseUnderWay },
      { resolveBead },
      { refuseAtWork },
      { beadPhrase },
      { removeFoldersOfDeleted },
    ] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../molecules/poured/burn.ts"),
      import("../../../beads/ids.ts"),
      import("../../bd_support/guard.ts"),
      import("../../bd_support/marks.ts"),
      import("../../../molecules/engine/commands/run_folders.ts"),
    ]);
    const really = flags.yes === true && flags["dry-run"] !== true;
    const names = args.bead as readonly string[];
    await withLedger(context, (ledger) => {
      const find = (view: View) => {
        const burnings = names.map((name) => {
          const molecule = resolveBead(view, name);
          return { molecule, beads: burnedWith(view, molecule) };
        });
        for (const { molecule, beads } of burnings) {
          refuseUnderWay({ ports, ledger }, { beads: [molecule, ...beads], action: "burn" });
          for (const bead of [molecule, ...beads]) refuseAtWork("burn", bead);
        }
        return {
          burnings,
          all: new Map(burnings.flatMap(({ beads }) => beads).map((bead) => [bead.key, bead])),
        };
      };
      const reason = flags.reason as string;
      const { burnings, all } = really
        ? ledger.write(context.actor, (transaction) => {
          const found = find(transaction);
          burn(transaction, { keys: [...found.all.keys()], reason });
          return found;
        })
        : find(ledger.view);
      if (really) removeFoldersOfDeleted({ ports, ledger });
      const { style } = out;
      out.line(really ? `${style.green("✓")} Burned` : "Would burn");
      for (const bead of all.values()) out.line(`  ${beadPhrase(style, bead)}`);
      if (!really) out.line(style.dim(`nothing was removed; to do it: bd mol burn ${names.join(" ")} --yes`));
      out.result({
        ...(really ? {} : { dry_run: true }),
        results: burnings.map(({ molecule, beads }) => ({
          molecule_id: molecule.id,
          deleted_ids: beads.map(({ id }) => id),
          deleted_count: beads.length,
        })),
        total_deleted: all.size,
      });
    });
  },
});
