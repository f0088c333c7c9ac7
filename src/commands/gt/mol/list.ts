import { defineCommand } from "../../../cli/command.ts";

/** `gt mol list`. */
export const command = defineCommand({
  name: "gt mol list",
  summary: "List the workflows: your own and the built-in ones",
  description:
    "Your own are files molecules/NAME.yaml of the town, or of the repository where there is no town; one of " +
    "the name of a built-in one takes its place.",
  aliases: ["ls"],
  examples: [
    { line: "gt mol list", summary: "What is there" },
    { line: "gt mol list --json", summary: "For a script" },
  ],
  exits: { 1: "the file of one of them is wrong" },
  async run({ ports, out }) {
    const [{ libraryHere, listedShape, shownPath }, { listMolecules, misnamedFiles }, { tableLines }] =
      await Promise.all([
        import("../../gt_support/library.ts"),
        import("../../../molecules/library.ts"),
        import("../../../ui/table.ts"),
      ]);
    const library = libraryHere(ports);
    const listed = await listMolecules(library);
    const { style } = out;
    const rows = listed.map((one) => {
      const count = "error" in one ? 0 : one.definition.steps.length;
      const steps = "error" in one ? "" : count === 1 ? "1 step" : `${count} steps`;
      const about = "error" in one
        ? `cannot be used: gt mol show ${one.name}`
        : one.definition.description?.split("\n")[0] ?? "";
      const ofFolder = library.folder === undefined ? "" : shownPath(ports, library.folder);
      return [
        { text: one.name, mark: style.cyan },
        { text: steps },
        { text: one.source === "built-in" ? one.source : ofFolder, mark: style.dim },
        { text: about, ...("error" in one ? { mark: style.red } : {}) },
      ];
    });
    for (const line of tableLines(rows, { columns: ports.terminal.lineWidth(), indent: "" })) out.line(line);
    for (const { file, right } of misnamedFiles(library)) {
      out.note(`${shownPath(ports, file)} is not found by its name: rename it to ${right}`);
    }
    out.result(listed.map(listedShape));
    return listed.some((one) => "error" in one) ? 1 : 0;
  },
});
