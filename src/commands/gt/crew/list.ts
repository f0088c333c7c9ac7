import { defineCommand } from "../../../cli/command.ts";

/** `gt crew list`. */
export const command = defineCommand({
  name: "gt crew list",
  summary: "List the crew's worktrees, and what stands in them",
  aliases: ["ls"],
  examples: [
    { line: "gt crew list", summary: "Every one with its branch and changes" },
    { line: "gt crew list --json", summary: "The same as JSON" },
  ],
  async run({ ports, out }) {
    const [{ openTown }, { crewRows }, { tableLines }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../town/crew.ts"),
      import("../../../ui/table.ts"),
    ]);
    const rows = await crewRows({ ports, town: openTown(ports) });
    out.result(rows);
    if (rows.length === 0) return out.line("Nobody yet: gt crew add NAME");
    const cells = rows.map(({ name, rig, branch, changes, ahead, behind, running, path }) => [
      { text: name, mark: out.style.bold },
      rig,
      branch ?? "no branch",
      `+${ahead} -${behind}`,
      changes === 0 ? "clean" : `${changes} changed`,
      running ? "running" : "",
      path,
    ]);
    for (const line of tableLines(cells, { columns: ports.terminal.lineWidth(), indent: "" })) out.line(line);
  },
});
