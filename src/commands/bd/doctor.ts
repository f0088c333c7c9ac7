import { defineCommand } from "../../cli/command.ts";

/** `bd doctor`. */
export const command = defineCommand({
  name: "bd doctor",
  summary: "Check that the ledger is sound",
  description:
    "Reads every line of the logs, compares the index with them, looks for circles, for edges that lead nowhere, for conflicts, and for what is not synced. " +
    "With --fix an index that differs is made anew and issues.jsonl is brought up to date; a log is touched only where it cannot be read, and a copy of it is kept. Where a folder was restored to an older state and has gone on since, both ways live on: what is here becomes the log of a new clone.",
  flags: { fix: { type: "boolean", summary: "Mend what can be mended", aliases: ["repair"] } },
  ignored: ["--deep", "--yes"],
  examples: [
    { line: "bd doctor", summary: "Each check on a line" },
    { line: "bd doctor --fix", summary: "And mend what can be" },
  ],
  exits: { 1: "something is wrong" },
  async run(context) {
    const { flags, out } = context;
    const [{ withLedger }, { checkLogs, checkReplica, examine }, { printable }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/checkup.ts"),
      import("../../lib/printable.ts"),
    ]);
    const fix = flags.fix === true;
    const checks = [await checkLogs(context.ports, { fix })];
    if (checks[0]!.state !== "error") {
      checks.push(await checkReplica(context.ports, { fix }));
      checks.push(...await withLedger(context, (ledger) => examine(context.ports, { ledger, fix })));
    }
    const { style } = out;
    const signs = {
      ok: style.green("✓"),
      fixed: style.green("✓"),
      warning: style.yellow("!"),
      error: style.red("✗"),
    };
    for (const { name, state, message, hint } of checks) {
      out.line(`${signs[state]} ${style.bold(name)}: ${printable(message)}`);
      if (hint !== undefined) out.line(style.dim(`  ${printable(hint)}`));
    }
    const sound = checks.every(({ state }) => state !== "error");
    out.result({ ok: sound, checks });
    return sound ? 0 : 1;
  },
});
