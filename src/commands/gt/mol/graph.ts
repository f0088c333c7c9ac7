import { defineCommand } from "../../../cli/command.ts";

/** `gt mol graph`. */
export const command = defineCommand({
  name: "gt mol graph",
  summary: "Draw the steps of a workflow and what they wait for",
  positionals: [{ name: "molecule", summary: "Its name or file", required: true, completes: "molecule" }],
  flags: {
    format: { type: "string", summary: "How", values: ["text", "mermaid", "dot"], default: "text" },
  },
  examples: [
    { line: "gt mol graph worker-work", summary: "In the terminal" },
    { line: "gt mol graph worker-work --format mermaid", summary: "For a page in Markdown" },
  ],
  async run({ ports, args, flags, out }) {
    const [{ libraryHere }, { definitionNamed }, { graphText }] = await Promise.all([
      import("../../gt_support/library.ts"),
      import("../../../molecules/library.ts"),
      import("../../../molecules/graph.ts"),
    ]);
    const which = { name: args.molecule as string, from: ports.env.cwd() };
    const definition = await definitionNamed(libraryHere(ports), which);
    const graph = graphText(definition, flags.format as "text" | "mermaid" | "dot");
    out.answer(graph);
    out.result({ molecule: definition.name, format: flags.format, graph });
  },
});
