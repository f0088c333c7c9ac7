import { defineCommand } from "../../../cli/command.ts";
import { CommandError } from "../../../lib/errors.ts";

/** `gt mq show`. */
export const command = defineCommand({
  name: "gt mq show",
  summary: "Show one entry of a merge queue, and what its checks said",
  positionals: [{ name: "bead", summary: "Id of the bead", required: true, completes: "bead" }],
  examples: [
    { line: "gt mq show cs-login", summary: "Where cs-login stands" },
    { line: "gt mq show cs-login --json", summary: "The same, for a script" },
  ],
  exits: { 1: "the bead is not in a queue" },
  async run({ ports, args, out }) {
    const [{ openTown }, { resolveBead }, { attemptOf }, report, text, { printable, printableText }] =
      await Promise.all([
        import("../../../town/town.ts"),
        import("../../../beads/ids.ts"),
        import("../../../work/attempt_store.ts"),
        import("../../../refinery/queue_report.ts"),
        import("../../../refinery/queue_text.ts"),
        import("../../../lib/printable.ts"),
      ]);
    const town = openTown(ports);
    const deps = { ports, town };
    const bead = resolveBead(town.ledger.view, args.bead as string);
    const attempt = attemptOf(bead);
    const queue = attempt && report.describeQueue(deps, attempt.rig);
    const entry = queue?.entries.find((row) => row.bead === bead.id);
    if (!attempt || !entry) {
      throw new CommandError("refused", `Cannot show "${bead.id}": it is not in a merge queue`, {
        code: "not_in_queue",
        hints: [
          attempt?.landed ? `It has landed as ${attempt.landed}` : `See where it stands: bd show ${bead.id}`,
        ],
      });
    }
    const { checkLog } = await import("../../../refinery/checks.ts");
    const log = checkLog(deps, { bead: bead.id, n: attempt.n });
    out.result({ rig: attempt.rig, ...entry, ...(log ? { log: log.path } : {}) });
    out.line(`${out.style.bold(bead.id)}  ${printable(bead.title)}`);
    out.line(
      `  state      ${
        text.entryState(entry, ports.clock.now())
      }, number ${entry.position} of rig ${attempt.rig}`,
    );
    out.line(`  attempt    ${entry.attempt}${entry.worker ? ` by ${entry.worker}` : ""}`);
    out.line(
      `  branch     ${entry.branch} at ${entry.commit?.slice(0, 12) ?? "no commit"}, onto ${entry.target}`,
    );
    if (entry.reason !== undefined) {
      out.line(`  refused    ${printable(entry.reason)} (${entry.refusals} times)`);
    }
    if (!log) return;
    out.line(`  log        ${log.path}`);
    out.line(printableText(log.end));
  },
});
