import type { Context } from "../../cli/command.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { keepProjection, writeProjection } from "../../ledger/projection.ts";
import { projectionState } from "../../ledger/projection_due.ts";
import { syncLedger, type SyncOptions } from "../../ledger/sync.ts";
import { syncStatus, type SyncSummary } from "../../ledger/sync_status.ts";
import { countConflicts } from "../../ledger/view.ts";
import { printable } from "../../lib/printable.ts";
import { present } from "../../lib/present.ts";
import { agePhrase } from "./when.ts";

/** Syncs, brings issues.jsonl up to date, and tells about it. Returns the exit code. */
export async function syncAndPrint(context: Context, ledger: Ledger): Promise<number> {
  const { flags, ports, out } = context;
  const remote = flags.remote as string;
  const options: SyncOptions = present({
    remote: remote === "origin" ? undefined : remote,
    push: flags["no-push"] !== true,
    pull: flags["no-pull"] !== true,
  });
  const summary = await syncLedger(ledger, ports, options);
  keepProjection(ledger, ports);
  const { style } = out;
  const failed = summary.failure !== undefined;
  out.line(`${failed ? style.yellow("!") : style.green("✓")} ${outcome(summary)}`);
  for (const { replica, reason } of summary.refused) {
    out.note(`warning: the log of clone ${printable(replica)} was left as it is: ${printable(reason)}`);
  }
  const conflicts = countConflicts(ledger.view);
  if (conflicts > 0) {
    out.line(style.dim(`  ${conflicts} changes met the same thing in two places: bd conflicts`));
  }
  if (failed) {
    out.note(`the remote was not reached: ${printable(summary.failure!)}\nrun bd sync again when it can be`);
  }
  out.result({ ...summary, conflicts });
  return failed ? 1 : 0;
}

function outcome(summary: SyncSummary): string {
  const received = `${summary.received} ${summary.received === 1 ? "operation" : "operations"} received`;
  if (summary.remote === undefined) return `Committed here, there is no remote; ${received}`;
  if (summary.pushed) {
    return `Synced with ${printable(summary.remote)}: ${received}, all of this clone pushed`;
  }
  if (summary.failure !== undefined) return `Committed here; ${received}`;
  return `Took in from ${printable(summary.remote)}: ${received}; nothing pushed`;
}

/** Brings issues.jsonl up to date, taking in what another tool changed in it. Returns the exit code. */
export function printRenewed(context: Context, ledger: Ledger): number {
  const taken = writeProjection(ledger, context.ports);
  const { out } = context;
  out.line(`${out.style.green("✓")} issues.jsonl is up to date`);
  if (taken) out.line(`  taken in: ${taken.created.length} new, ${taken.changed.length} changed`);
  out.result({ created: taken?.created ?? [], changed: taken?.changed ?? [] });
  return 0;
}

/** Tells how far this clone and the others are. Returns the exit code. */
export function printStatus(context: Context, ledger: Ledger): number {
  const { ports, out } = context;
  const status = syncStatus(ledger);
  const projection = projectionState(ledger);
  const now = ports.clock.now();
  const age = (at: number | undefined) => at === undefined ? "never" : agePhrase(at, now);
  const { style } = out;
  out.line(`this clone   ${style.cyan(status.replica)}, ${status.operations} operations`);
  const { pending, remote, repository } = status;
  const todo = remote === undefined ? "to commit" : "to push";
  out.line(
    `pending      ${pending === 0 ? style.green("none") : style.yellow(`${pending} ${todo}: bd sync`)}`,
  );
  if (!repository) out.line("remote       none: it is in no git repository");
  else if (remote === undefined) out.line("remote       none: bd sync commits here");
  else {
    out.line(`remote       ${printable(remote)}`);
    out.line(`last push    ${age(status.last_push)}`);
    out.line(`last fetch   ${age(status.last_fetch)}`);
  }
  if (status.failure !== undefined) out.line(`last failure ${style.red(printable(status.failure))}`);
  for (const each of status.replicas) {
    out.line(
      `other clone  ${printable(each.replica)}, ${each.operations} operations, the last ${age(each.last)}`,
    );
  }
  for (const { replica, reason } of status.refused) {
    out.line(`refused      ${printable(replica)}: ${style.red(printable(reason))}`);
  }
  out.line(
    `conflicts    ${status.conflicts === 0 ? "none" : style.yellow(`${status.conflicts}: bd conflicts`)}`,
  );
  out.line(`issues.jsonl ${projection.stale ? style.yellow("behind: bd sync --flush-only") : "up to date"}`);
  out.result({ ...status, projection });
  return 0;
}
