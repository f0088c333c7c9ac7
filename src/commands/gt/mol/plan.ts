import { defineCommand } from "../../../cli/command.ts";

/** `gt mol plan`. */
export const command = defineCommand({
  name: "gt mol plan",
  summary: "Say what a workflow would do, without doing it",
  description:
    "Its order in waves, what can run at the same time, the longest chain, and every command with the values that are " +
    "known before a run. What only a run tells stays as it is written.",
  positionals: [{ name: "molecule", summary: "Its name or file", required: true, completes: "molecule" }],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "Value of one of its variables; may be given several times",
      placeholder: "NAME=VALUE",
    },
  },
  examples: [
    { line: "gt mol plan worker-work", summary: "What a worker will do" },
    { line: "gt mol plan worker-work --json", summary: "For a script" },
  ],
  exits: { 1: "there is no such molecule, or it is wrong, or lacks a value" },
  async run({ ports, args, flags, out }) {
    const [
      { libraryHere },
      { definitionNamed },
      { variableValues },
      { planMolecule },
      { planLines },
      { givenVars },
    ] = await Promise.all([
      import("../../gt_support/library.ts"),
      import("../../../molecules/library.ts"),
      import("../../../molecules/variables.ts"),
      import("../../../molecules/plan.ts"),
      import("../../../ui/plan_text.ts"),
      import("../../gt_support/given_vars.ts"),
    ]);
    const which = { name: args.molecule as string, from: ports.env.cwd() };
    const definition = await definitionNamed(libraryHere(ports), which);
    const values = variableValues(definition, givenVars(flags.var as readonly string[] | undefined));
    const plan = planMolecule(definition, { values });
    for (const line of planLines(out.style, plan)) out.line(line);
    out.result(plan);
  },
});
