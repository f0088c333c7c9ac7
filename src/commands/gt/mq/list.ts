import { defineCommand } from "../../../cli/command.ts";

/** `gt mq list`. */
export const command = defineCommand({
  name: "gt mq list",
  summary: "List what waits to be merged, in the order of landing",
  positionals: [{ name: "rig", summary: "Name of a rig; all by default", completes: "rig" }],
  aliases: ["ls"],
  examples: [
    { line: "gt mq list", summary: "The queues of all rigs" },
    { line: "gt mq list --json", summary: "The same, for a script" },
  ],
  async run({ ports, args, out }) {
    const [{ openTown }, { describeQueue }, { queueLines }, { listedRigs }] = await Promise.all([
      import("../../../town/town.ts"),
      import("../../../refinery/queue_report.ts"),
      import("../../../refinery/queue_text.ts"),
      import("../../gt_support/chosen_rig.ts"),
    ]);
    const town = openTown(ports);
    const rigs = await listedRigs(town, args.rig as string | undefined);
    const reports = rigs.map((rig) => describeQueue({ ports, town }, rig));
    out.result(reports);
    if (reports.length === 0) out.line("There is no rig yet. Add one: gt rig add NAME URL-or-path");
    for (const report of reports) {
      for (const line of queueLines(report, { style: out.style, now: ports.clock.now() })) out.line(line);
    }
  },
});
