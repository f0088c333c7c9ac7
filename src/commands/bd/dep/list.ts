import { defineCommand } from "../../../cli/command.ts";

/** `bd dep list`. */
export const command = defineCommand({
  name: "bd dep list",
  summary: "List what a bead depends on, or what depends on it",
  positionals: [{ name: "bead", summary: "An id", required: true, completes: "bead" }],
  flags: {
    direction: {
      type: "string",
      summary: "down: what it depends on; up: what depends on it",
      values: ["down", "up"],
      default: "down",
    },
    type: { type: "string", short: "t", summary: "Only edges of this kind" },
  },
  examples: [
    { line: "bd dep list cs-login", summary: "What the login waits for" },
    { line: "bd dep list cs-form --direction up", summary: "What waits for the form" },
  ],
  async run(context) {
    const { args, flags, out } = context;
    const [
      { withLedger },
      { dependenciesOf, dependentsOf },
      { resolveBead },
      { issueShape },
      { edgeLine },
      { printable },
    ] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/dependencies.ts"),
      import("../../../beads/ids.ts"),
      import("../../../beads/export_shape.ts"),
      import("../../bd_support/detail.ts"),
      import("../../../lib/printable.ts"),
    ]);
    const type = flags.type as string | undefined;
    await withLedger(context, ({ view }) => {
      const { key, id } = resolveBead(view, args.bead as string);
      const down = flags.direction === "down";
      const edges = (down ? dependenciesOf : dependentsOf)(view, {
        key,
        ...(type === undefined ? {} : { type }),
      });
      const heading = down ? "depends on" : "is depended on by";
      out.line(`${out.style.cyan(printable(id))} ${heading}${edges.length === 0 ? " nothing" : ":"}`);
      for (const edge of edges) out.line(edgeLine(out.style, edge));
      out.result(
        edges.map((edge) => ({
          ...(edge.bead ? issueShape(view, edge.bead) : { id: edge.target }),
          dependency_type: edge.type,
        })),
      );
    });
  },
});
