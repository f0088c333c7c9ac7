import { defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

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
      summary: "Write it to a file FILE.yaml, after which it is called, or as NAME.yaml into a folder",
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
      { importFile, remarkText },
      { nameOfFile, outputPath },
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
    const name = given === undefined ? undefined : nameOfFile(ports, given);
    const { imported, missing } = await importFile(ports, { file, values, ...present({ name }) });
    const path = given === undefined ? undefined : outputPath(ports, { given, name: imported.name });
    if (path !== undefined && ports.files.exists(path) && !flags.force) {
      throw new CommandError(
        "refused",
        `Cannot write "${given}": ${shownPath(ports, path)} is there already`,
        {
          code: "file_exists",
          hints: ["--force replaces it"],
        },
      );
    }
    // With --json they are a part of the result.
    for (const note of out.json ? [] : imported.notes) out.note(remarkText(file, note));
    for (const { name, formula } of out.json ? [] : missing) {
      const what = `It needs the molecule "${name}", which is not here yet`;
      out.note(formula === undefined ? what : `${what}: gt mol import ${formula} -o molecules`);
    }
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
