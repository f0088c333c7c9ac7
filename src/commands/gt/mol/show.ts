import { defineCommand } from "../../../cli/command.ts";

/** `gt mol show`. */
export const command = defineCommand({
  name: "gt mol show",
  summary: "Show a workflow: its steps, variables and where it comes from",
  positionals: [{ name: "molecule", summary: "Its name", required: true, completes: "molecule" }],
  examples: [
    { line: "gt mol show worker-work", summary: "The built-in checklist of a worker" },
    { line: "gt mol show worker-work --json", summary: "For a script" },
  ],
  async run({ ports, args, out }) {
    const [{ libraryHere, moleculeShape }, { moleculeNamed }, { moleculeLines }] = await Promise.all([
      import("../../gt_support/library.ts"),
      import("../../../molecules/library.ts"),
      import("../../../ui/molecule_text.ts"),
    ]);
    const molecule = await moleculeNamed(libraryHere(ports), args.molecule as string);
    for (const line of moleculeLines(out.style, molecule)) out.line(line);
    out.result(moleculeShape(molecule));
  },
});
