import { defineCommand } from "../../../cli/command.ts";

/** `gt mol import`. */
export const command = defineCommand({
  name: "gt mol import",
  summary: "Translate a TOML formula of earlier tools into a workflow",
  description:
    "Formulas of type workflow, expansion, aspect and convoy. Every construct is translated, or refused with its file " +
    "and line; what has no effect here becomes a comment, and is named on standard error. What comes out passes " +
    "`gt mol lint`. Formulas that this one extends or expands are read beside it; they are imported one by one.",
  positionals: [{
    name: "file",
    summary: "The formula: NAME.formula.toml; - reads standard input",
    required: true,
    completes: "file",
  }],
  flags: {
    output: {
      type: "string",
      short: "o",
      summary:
        "Write it to a file FILE.yaml, after which it is called, or as NAME.yaml into a folder; - is standard output",
      placeholder: "FILE",
      completes: "file",
    },
    force: { type: "boolean", summary: "Also where there is such a file" },
    var: {
      type: "list",
      whole: true,
      summary: "Value of a variable that the range of a loop needs; may be given several times",
      placeholder: "NAME=VALUE",
    },
  },
  examples: [
    { line: "gt mol import shiny.formula.toml", summary: "See what it becomes" },
    { line: "gt mol import shiny.formula.toml -o molecules", summary: "Keep it as molecules/shiny.yaml" },
  ],
  exits: { 1: "parts of it have no translation, and are named with their lines; nothing is written" },
  async run({ ports, args, flags, out }) {
    const [
      { importFile, missingLines, remarkText },
      { freeFile, moleculeOutput },
      { givenVars },
      { shownPath },
      { present },
    ] = await Promise.all([
      import("../../gt_support/import_file.ts"),
      import("../../gt_support/output_path.ts"),
      import("../../gt_support/given_vars.ts"),
      import("../../gt_support/library.ts"),
      import("../../../lib/present.ts"),
    ]);
    const file = args.file as string;
    const given = flags.output as string | undefined;
    const values = givenVars(flags.var as readonly string[] | undefined);
    const output = given === undefined ? undefined : moleculeOutput(ports, given);
    const { imported, missing } = await importFile(ports, {
      file,
      values,
      ...present({ name: output?.name }),
    });
    const path = output && freeFile(ports, { output, name: imported.name, force: flags.force === true });
    // With --json they are a part of the result.
    for (const note of out.json ? [] : imported.notes) out.note(remarkText(file, note));
    for (const line of out.json ? [] : missingLines(ports, { missing, path })) out.note(line);
    if (path === undefined) out.answer(imported.yaml.trimEnd());
    else {
      ports.files.writeText(path, imported.yaml);
      out.line(`${out.style.green("✓")} ${shownPath(ports, path)}`);
    }
    out.result({
      molecule: imported.name,
      ...(path === undefined ? { yaml: imported.yaml } : { file: shownPath(ports, path) }),
      notes: imported.notes.map((note) => ({ file, ...note })),
      missing: missing.map(({ name }) => name),
    });
  },
});
