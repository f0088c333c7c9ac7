import { defineCommand } from "../../../cli/command.ts";

/** `bd dep remove`. */
export const command = defineCommand({
  name: "bd dep remove",
  summary: "Take an edge between two beads away",
  positionals: [
    { name: "bead", summary: "The one that waits", required: true, completes: "bead" },
    { name: "on", summary: "What it waits for", required: true, completes: "bead" },
  ],
  flags: {
    type: { type: "string", short: "t", summary: "Only the edge of this kind; every kind by default" },
  },
  aliases: ["rm"],
  examples: [
    { line: "bd dep remove cs-login cs-form", summary: "The login need not wait any more" },
    { line: "bd dep remove cs-login cs-4f -t related", summary: "Only one kind of edge" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { removeDependency }, { resolveBead }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/dependencies.ts"),
      import("../../../beads/ids.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const type = flags.type as string | undefined;
    const on = args.on as string;
    await withLedger(context, (ledger) => {
      const bead = ledger.write(context.actor, (transaction) => {
        const { key } = resolveBead(transaction, args.bead as string);
        return removeDependency(transaction, { key, target: on, ...(type === undefined ? {} : { type }) });
      });
      const target = ledger.view.beadById(on)?.id ?? on;
      const { style } = out;
      out.line(
        `${style.green("✓")} ${style.cyan(printable(bead.id))} no longer depends on ${
          style.cyan(printable(target))
        }`,
      );
      out.result({ status: "removed", issue_id: bead.id, depends_on_id: target });
    });
  },
});
