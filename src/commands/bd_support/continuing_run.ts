import { claimBead } from "../../beads/claim.ts";
import { compareIds } from "../../beads/dependencies.ts";
import { issueShape } from "../../beads/export_shape.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import { present } from "../../lib/present.ts";
import type { JsonObject } from "../../lib/json.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { runName, stepAt } from "../../molecules/engine/journal/step_at.ts";
import { isEnded } from "../../molecules/machine/draft.ts";
import { stepOfBead } from "../../molecules/engine/journal/step_link.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { endLines } from "../../ui/run_report.ts";
import { freeingLines, waitShape, waitText } from "../../ui/run_view.ts";
import type { GroupWait } from "../../molecules/engine/driver/group_waits.ts";
import { isDriven } from "../../molecules/engine/driver/place_holders.ts";
import { runTree } from "../../molecules/engine/journal/follow_run.ts";
import { waitsOf } from "../gt_support/group_waits.ts";
import { finishLine, stepText } from "../../ui/checklist_text.ts";
import { liveAttemptOf } from "../../work/attempt_store.ts";
import { closedLine } from "./marks.ts";
import { goOnward } from "./run_onward.ts";

/** The step of a run that was closed, and how the run stands. */
interface ContinuedRun {
  closed: Bead;
  open: OpenRun;
  /** What the caller may do next. */
  next?: Bead;
  /** Whether the caller got it just now. */
  claimed: boolean;
  /** What it waits for in groups, and the runs nested in it. */
  waits: readonly GroupWait[];
}

/** After the step of a run was closed: lets the run go on, prints what comes of it, and gives the caller the next step. */
export async function continueRun(
  context: Context,
  { ledger, closed, before, claim }: { ledger: Ledger; closed: Bead; before: boolean; claim: boolean },
): Promise<void> {
  const { ports, out, actor } = context;
  out.line(closedLine(out.style, { bead: closed, before }));
  const since = before || !closed.closed_at ? undefined : Date.parse(closed.closed_at);
  const open = await goOnward(context, {
    ledger,
    own: stepOfBead(closed)!.run as BeadKey,
    ...present({ since }),
  });
  const { key } = open;
  const taken = claim
    ? ledger.write(actor, (transaction) => takeNext(transaction, { key, actor }))
    : { next: nextOf(ledger.view, { key, actor }), claimed: false };
  const { next, claimed } = taken;
  const runs = hasEnded(open.run) ? [] : runTree(ledger.view, { open });
  const waits = await Promise.all(runs.map(({ open }) => waitsOf({ ports, ledger }, open)));
  const continued: ContinuedRun = { closed, open, claimed, waits: waits.flat(), ...(next ? { next } : {}) };
  printRun(context, { ledger, continued });
  out.result(runContinuedShape(ledger.view, continued));
}

function takeNext(
  transaction: Transaction,
  { key, actor }: { key: BeadKey; actor: string },
): { next: Bead | undefined; claimed: boolean } {
  const next = nextOf(transaction, { key, actor });
  if (!next || next.status !== "open") return { next, claimed: false };
  return { next: claimBead(transaction, { key: next.key, actor }), claimed: true };
}

/** The step of a run, or of one nested in it, that this person is at; else the first that nobody has. */
function nextOf(view: View, { key, actor }: { key: BeadKey; actor: string }): Bead | undefined {
  const steps = stepsBelow(view, key).sort((one, other) => compareIds(one.id, other.id));
  return steps.find(({ status, assignee }) => status === "in_progress" && assignee === actor) ??
    steps.find(({ status, assignee }) => status === "open" && (assignee === undefined || assignee === actor));
}

function stepsBelow(view: View, key: BeadKey): Bead[] {
  const children = view.beads("parent = ? AND status NOT IN ('closed', 'tombstone')", key);
  return children.flatMap((bead) => {
    if (summaryOf(bead)) return stepsBelow(view, bead.key);
    return bead.issue_type !== "gate" && stepOfBead(bead) && !liveAttemptOf(bead) ? [bead] : [];
  });
}

/** What `bd close STEP --continue --json` gives for the step of a run. */
function runContinuedShape(view: View, { closed, open, next, claimed, waits }: ContinuedRun): JsonObject {
  return {
    closed: [issueShape(view, closed)],
    continue: {
      closed_step: issueShape(view, closed),
      ...(next ? { next_step: issueShape(view, next) } : {}),
      auto_advanced: claimed,
      molecule_complete: hasEnded(open.run),
      molecule_id: view.beadByKey(open.key)?.id ?? runName(open.key),
      run_status: open.run.status,
      ...(waits.length > 0 ? { waits_for: waits.map(waitShape) } : {}),
    },
  };
}

function printRun(
  { ports, out }: Context,
  { ledger, continued }: { ledger: Ledger; continued: ContinuedRun },
): void {
  const { view } = ledger;
  const { open, next, claimed, waits } = continued;
  const { style } = out;
  if (hasEnded(open.run)) {
    for (const line of endLines(style, open)) out.line(line);
    return;
  }
  const id = view.beadByKey(open.key)?.id ?? runName(open.key);
  if (!next && waits.length > 0) {
    for (const text of new Set(waits.map(waitText))) out.line(`\n${id} ${text}`);
    const onward = isDriven({ ports, ledger }, open.key)
      ? `gt mol status ${id} --watch`
      : `gt mol resume ${id}`;
    for (const hint of [onward, ...freeingLines(waits)]) out.line(style.dim(`  ${hint}`));
    return;
  }
  if (!next) {
    out.line(`\n${id} waits for others: ${waitingSteps(open).join(", ")}`);
    return;
  }
  out.line(`\n${style.bold(claimed ? "Now yours" : "Next")} (${id}):`);
  for (const line of stepText(next)) out.line(line);
  out.line(`\n${finishLine(style, next)}`);
}

function waitingSteps(open: OpenRun): string[] {
  const { rules } = open;
  return rules.steps.flatMap(({ id }) => {
    const { record } = stepAt(open, id);
    return isEnded(record) || record.status === "pending" ? [] : [id];
  });
}
