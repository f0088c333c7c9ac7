import { defineCommand } from "../../../cli/command.ts";

/** `bd dep tree`. */
export const command = defineCommand({
  name: "bd dep tree",
  summary: "Draw the tree of what a bead depends on, or what depends on it",
  positionals: [{ name: "bead", summary: "An id", required: true, completes: "bead" }],
  flags: {
    direction: {
      type: "string",
      summary: "down: what it depends on; up: what depends on it",
      values: ["down", "up"],
      default: "down",
    },
    "max-depth": {
      type: "number",
      short: "d",
      summary: "No deeper than this",
      default: 50,
      placeholder: "N",
    },
    type: { type: "string", short: "t", summary: "Only edges of this kind" },
    format: {
      type: "string",
      summary: "text, or mermaid for a document",
      values: ["text", "mermaid"],
      default: "text",
    },
  },
  aliases: ["graph"],
  examples: [
    { line: "bd dep tree cs-login", summary: "What has to happen before the login" },
    { line: "bd dep tree cs-login --format mermaid", summary: "As a drawing for a document" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [{ withLedger }, { dependencyTree }, { resolveBead }, { issueShape }, { treeLines, mermaidLines }] =
      await Promise
        .all([
          import("../../bd_support/ledger.ts"),
          import("../../../beads/dependencies.ts"),
          import("../../../beads/ids.ts"),
          import("../../../beads/export_shape.ts"),
          import("../../bd_support/tree.ts"),
        ]);
    const type = flags.type as string | undefined;
    await withLedger(context, ({ view }) => {
      const rows = dependencyTree(view, {
        key: resolveBead(view, args.bead as string).key,
        direction: flags.direction as "down" | "up",
        maxDepth: flags["max-depth"] as number,
        ...(type === undefined ? {} : { type }),
      });
      const direction = flags.direction as "down" | "up";
      for (
        const line of flags.format === "mermaid" ? mermaidLines(rows, direction) : treeLines(out.style, rows)
      ) out.line(line);
      if (rows.length === 1 && direction === "down" && flags.format === "text") {
        out.line(
          out.style.dim(
            `it depends on nothing; its children: bd dep tree ${rows[0]!.bead.id} --direction up`,
          ),
        );
      }
      const ids = new Map(rows.map((row) => [row.bead.key, row.bead.id]));
      out.result(
        rows.map(({ bead, depth, parent, truncated }) => ({
          ...issueShape(view, bead),
          depth,
          parent_id: parent === undefined ? "" : ids.get(parent) ?? "",
          truncated,
        })),
      );
    });
  },
});
