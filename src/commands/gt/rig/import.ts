import { defineCommand } from "../../../cli/command.ts";

/** `gt rig import`. */
export const command = defineCommand({
  name: "gt rig import",
  summary: "Take in the beads of a rig's repository again",
  description:
    "Beads that are new come in with their ids; one that the town has already changes only where the repository's " +
    "is the newer one; none is removed.",
  positionals: [{ name: "rig", summary: "Name of the rig", required: true, completes: "rig" }],
  examples: [
    { line: "gt rig import csm", summary: "Fetch, and take in what is new" },
    { line: "gt rig import csm --json", summary: "With the ids of what was created and changed" },
  ],
  async run({ args, ports, out }) {
    const { openTown } = await import("../../../town/town.ts");
    const { importRigBeads } = await import("../../../town/rigs/rigs.ts");
    const { importedLines } = await import("../../../town/rigs/rig_report.ts");
    const imported = await importRigBeads(openTown(ports), args.rig as string);
    out.result({ source: imported.source, ...imported.summary });
    for (const line of importedLines(imported)) out.line(line);
    return imported.summary.refused.length > 0 ? 1 : 0;
  },
});
