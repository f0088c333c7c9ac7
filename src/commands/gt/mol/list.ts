import { defineCommand } from "../../../cli/command.ts";

/** `gt mol list`. */
export const command = defineCommand({
  name: "gt mol list",
  summary: "List the workflows: the town's own and the built-in ones",
  description:
    "A town's own are its files molecules/NAME.yaml; one of the name of a built-in one takes its place.",
  aliases: ["ls"],
  examples: [
    { line: "gt mol list", summary: "What is there" },
    { line: "gt mol list --json", summary: "For a script" },
  ],
  exits: { 1: "the file of one of them is wrong" },
  async run({ ports, out }) {
    const [{ libraryHere, listedShape }, { listMolecules }, { tableLines }] = await Promise.all([
      import("../../gt_support/library.ts"),
      import("../../../molecules/library.ts"),
      import("../../../ui/table.ts"),
    ]);
    const listed = await listMolecules(libraryHere(ports));
    const { style } = out;
    const rows = listed.map((one) => {
      const steps = "error" in one ? "" : `${one.molecule.steps.length} steps`;
      const about = "error" in one
        ? `cannot be used: gt mol show ${one.name}`
        : one.molecule.description ?? "";
      return [
        { text: one.name, mark: style.cyan },
        { text: steps },
        { text: one.source === "built-in" ? one.source : "of this town", mark: style.dim },
        { text: about, ...("error" in one ? { mark: style.red } : {}) },
      ];
    });
    for (const line of tableLines(rows, { columns: ports.terminal.columns(), indent: "" })) out.line(line);
    out.result(listed.map(listedShape));
    return listed.some((one) => "error" in one) ? 1 : 0;
  },
});
