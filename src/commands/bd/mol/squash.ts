import { defineCommand } from "../../../cli/command.ts";

/** `bd mol squash`. */
export const command = defineCommand({
  name: "bd mol squash",
  summary: "Put one digest in the place of the steps of a finished molecule",
  description:
    "The digest says what came of each step: status, time, attempts, outputs. The beads of the steps go; all of it stays " +
    "in the log: `bd history STEP` tells of a step, `gt mol logs RUN` of a run.",
  positionals: [{
    name: "bead",
    summary: "A run that has ended, or a bead whose steps are all closed",
    required: true,
    completes: "bead",
  }],
  flags: {
    summary: { type: "string", short: "m", summary: "What came of it, in your words", placeholder: "TEXT" },
    "keep-children": { type: "boolean", summary: "Leave the beads of the steps beside the digest" },
    "dry-run": { type: "boolean", short: "n", summary: "Only show the digest" },
  },
  examples: [
    { line: "bd mol squash cs-mol-4f --summary 'The cause was a race in the cache'", summary: "One digest" },
    { line: "bd mol squash cs-login --dry-run", summary: "What would it say?" },
  ],
  exits: { 1: "it has not finished, or has nothing to squash; nothing is changed" },
  async run(context) {
    const { args, flags, out, ports, actor } = context;
    const [{ withLedger }, { squash, squashingOf }, { digestText }, { resolveBead }, { refuseAtWork }] =
      await Promise.all([
        import("../../bd_support/ledger.ts"),
        import("../../../molecules/poured/squash.ts"),
        import("../../../molecules/poured/digest.ts"),
        import("../../../beads/ids.ts"),
        import("../../bd_support/guard.ts"),
      ]);
    const { printableText } = await import("../../../lib/printable.ts");
    const summary = flags.summary as string | undefined;
    const keep = flags["keep-children"] === true;
    const dry = flags["dry-run"] === true;
    await withLedger(context, (ledger) => {
      const find = (view: typeof ledger.view) => {
        const bead = resolveBead(view, args.bead as string);
        refuseAtWork("squash", bead);
        return squashingOf(view, bead);
      };
      const planned = find(ledger.view);
      const digest = dry ? undefined : ledger.write(actor, (transaction) =>
        squash(transaction, {
          squashing: find(transaction),
          keep,
          random: ports.random,
          ...(summary === undefined ? {} : { summary }),
        }));
      const { bead, records } = planned;
      const { style } = out;
      out.line(
        digest
          ? `${style.green("✓")} Squashed ${style.cyan(bead.id)} into ${style.bold(style.cyan(digest.id))}`
          : `Would squash ${style.cyan(bead.id)} into`,
      );
      out.line();
      out.line(printableText(digest?.description ?? digestText(planned.digest, summary)));
      out.result({
        ...(dry ? { dry_run: true } : {}),
        molecule_id: bead.id,
        ...(digest ? { digest_id: digest.id } : {}),
        squashed_ids: records.map(({ id }) => id),
        squashed_count: records.length,
        deleted_count: keep ? 0 : records.length,
        kept_children: keep,
      });
    });
  },
});
