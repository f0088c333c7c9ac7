import { defineCommand } from "../../../cli/command.ts";

/** `gt mol show`. */
export const command = defineCommand({
  name: "gt mol show",
  summary: "Show a workflow: its steps, variables and where it comes from",
  description: "Everything that it is composed of is in its place. With --source its file as it is written.",
  positionals: [{
    name: "molecule",
    summary: "Its name or file",
    required: true,
    completes: "molecule",
  }],
  flags: { source: { type: "boolean", summary: "Print its file" } },
  examples: [
    { line: "gt mol show worker-work", summary: "The built-in checklist of a worker" },
    { line: "gt mol show worker-work --source > own.yaml", summary: "A beginning for your own" },
  ],
  async run({ ports, args, flags, out }) {
    const [{ libraryHere, moleculeShape, shownPath }, { definitionNamed, findMolecule }, { moleculeLines }] =
      await Promise
        .all([
          import("../../gt_support/library.ts"),
          import("../../../molecules/library.ts"),
          import("../../../ui/molecule_text.ts"),
        ]);
    const library = libraryHere(ports);
    const which = { name: args.molecule as string, from: ports.env.cwd() };
    if (flags.source) {
      const { text, source } = findMolecule(library, which);
      out.answer(text.trimEnd());
      out.result({ source, text });
      return;
    }
    const read = await definitionNamed(library, { ...which, part: true });
    const definition = { ...read, source: shownPath(ports, read.source) };
    for (const line of moleculeLines(out.style, definition)) out.line(line);
    out.result(moleculeShape(definition));
  },
});
