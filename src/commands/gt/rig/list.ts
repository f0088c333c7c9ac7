import { defineCommand } from "../../../cli/command.ts";

/** `gt rig list`. */
export const command = defineCommand({
  name: "gt rig list",
  summary: "List the repositories under management",
  examples: [
    { line: "gt rig list", summary: "Names, prefixes, branches and remotes" },
    { line: "gt rig list --json", summary: "The same as a list of objects" },
  ],
  async run({ ports, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { liveAssignments } = await import("../../../work/attempt_store.ts");
    const town = openTown(ports);
    const { rigs } = await town.config();
    const live = liveAssignments(town.ledger.view);
    const rows = Object.entries(rigs).map(([name, rig]) => ({
      name,
      prefix: rig.prefix,
      branch: rig.branch,
      url: rig.url,
      merge: rig.merge,
      checks: rig.checks.length,
      hooked: live.filter(({ attempt }) => attempt.rig === name).length,
    }));
    out.result(rows);
    if (rows.length === 0) return out.line("No rigs yet: gt rig add NAME URL-or-path");
    const width = (key: "name" | "prefix" | "branch") =>
      Math.max(key.length, ...rows.map((row) => row[key].length));
    const columns = { name: width("name"), prefix: width("prefix"), branch: width("branch") };
    for (const row of rows) {
      const name = out.style.bold(row.name.padEnd(columns.name));
      const work = row.hooked === 0 ? "" : out.style.dim(`  ${row.hooked} on hooks`);
      out.line(
        `${name}  ${row.prefix.padEnd(columns.prefix)}  ${
          row.branch.padEnd(columns.branch)
        }  ${row.url}${work}`,
      );
    }
  },
});
