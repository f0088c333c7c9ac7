import { defineCommand } from "../../cli/command.ts";

/** `bd comments`. */
export const command = defineCommand({
  name: "bd comments",
  summary: "Show the comments of a bead",
  positionals: [{ name: "bead", summary: "An id", required: true, completes: "bead" }],
  examples: [
    { line: "bd comments cs-login", summary: "All of them, the oldest first" },
    { line: "bd comments cs-login --json", summary: "As an array" },
  ],
  async run(context) {
    const { args, out } = context;
    const [{ withLedger }, { resolveBead }, { commentText }, { printable }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../../beads/ids.ts"),
      import("../bd_support/detail.ts"),
      import("../../lib/printable.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const bead = resolveBead(view, args.bead as string);
      const now = context.ports.clock.now();
      for (const comment of bead.comments) {
        for (const line of commentText(out.style, { comment, now })) out.line(line.slice(2));
      }
      if (bead.comments.length === 0) {
        out.line(out.style.dim(`No comments. Add one: bd comment ${printable(bead.id)} 'what to say'`));
      }
      out.result(
        bead.comments.map(({ id, author, text, created_at }) => ({
          id,
          issue_id: bead.id,
          author,
          text,
          created_at,
        })),
      );
    });
  },
});
