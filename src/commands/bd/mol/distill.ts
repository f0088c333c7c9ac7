import { defineCommand } from "../../../cli/command.ts";

/** `bd mol distill`. */
export const command = defineCommand({
  name: "bd mol distill",
  summary: "Make a molecule of an epic: its children become steps, their order needs",
  description:
    "The molecule is printed, or written to a file. Commands of steps stay commands, and the bead's id becomes " +
    "{{ bead.id }}. With --var a text of the beads becomes a variable wherever it stands. What a molecule cannot say, such as labels and other kinds of edges, is named on standard error.",
  positionals: [
    { name: "bead", summary: "An epic, or any bead with others below it", required: true, completes: "bead" },
    { name: "name", summary: "Name of the molecule; made from the title by default" },
  ],
  flags: {
    var: {
      type: "list",
      whole: true,
      summary: "VALUE becomes {{ NAME }}; may be given several times",
      placeholder: "NAME=VALUE",
    },
    output: {
      type: "string",
      short: "o",
      summary: "Write it to a file FILE.yaml, or as NAME.yaml into a folder; - is standard output",
      placeholder: "FILE",
      completes: "file",
    },
    force: { type: "boolean", summary: "Also where there is such a file" },
  },
  examples: [
    { line: "bd mol distill cs-auth", summary: "See what it becomes" },
    { line: "bd mol distill cs-auth sign-in --var provider=GitHub -o molecules", summary: "Keep it" },
  ],
  exits: { 1: "nothing is below it, or a value stands in none of the texts; nothing is written" },
  async run(context) {
    const { args, flags, out, ports } = context;
    const [
      { withLedger },
      { distill, nameFrom },
      { resolveBead },
      { givenVars },
      { freeFile, moleculeOutput },
      { shownPath },
    ] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../molecules/poured/distill.ts"),
      import("../../../beads/ids.ts"),
      import("../../gt_support/given_vars.ts"),
      import("../../gt_support/output_path.ts"),
      import("../../gt_support/library.ts"),
    ]);
    const given = flags.output as string | undefined;
    await withLedger(context, (ledger) => {
      const bead = resolveBead(ledger.view, args.bead as string);
      const vars = givenVars(flags.var as readonly string[] | undefined);
      const output = given === undefined ? undefined : moleculeOutput(ports, given);
      const named = args.name as string | undefined ?? output?.name;
      const name = nameFrom(named ?? bead.title, named !== undefined);
      const made = distill(ledger.view, { bead, name, vars });
      const path = output && freeFile(ports, { output, name, force: flags.force === true });
      // With --json they are a part of the result.
      for (const note of out.json ? [] : made.notes) out.note(note);
      if (path === undefined) out.answer(made.yaml.trimEnd());
      else {
        ports.files.writeText(path, made.yaml);
        out.line(`${out.style.green("✓")} ${shownPath(ports, path)}`);
      }
      out.result({
        formula_name: name,
        ...(path === undefined ? { yaml: made.yaml } : { formula_path: shownPath(ports, path) }),
        steps: made.steps,
        variables: made.variables,
        notes: made.notes,
      });
    });
  },
});
