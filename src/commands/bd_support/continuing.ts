import { issueShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import { printable } from "../../lib/printable.ts";
import { moveOn, type Onward } from "../../molecules/checklist.ts";
import { stepOfBead } from "../../molecules/engine/journal/step_link.ts";
import { workedBy } from "../../molecules/joined.ts";
import { finishLine, stepText } from "../../ui/checklist_text.ts";
import { dueLines } from "./due.ts";
import { refuseStepAtWork, type WorkElsewhere, workElsewhere } from "./guard.ts";
import { closedLine } from "./marks.ts";
import { closeOne } from "./step_closing.ts";

/** A step that was closed, and what comes after it. */
export interface Continued {
  kind: "checklist";
  closed: Bead;
  /** Whether it was closed before. */
  before: boolean;
  /** The bead whose step it is. */
  bead: Bead;
  onward: Onward;
  /** That bead again, where a worker is at it and the caller is somebody else. */
  elsewhere?: WorkElsewhere;
}

/**
 * Closes a step and gives the caller the next one, in one write; that of a run is only closed.
 *
 * @throws {CommandError} `not_a_step`, `bead_blocked`, `step_at_work`, or `stale_attempt` for a worker whose attempt is
 * over.
 */
export function closeAndContinue(
  context: Pick<Context, "actor" | "ports">,
  options: {
    ledger: Ledger;
    name: string;
    reason: string;
    force: boolean;
    outputs: JsonObject;
    claim: boolean;
    /** Although a worker is at it. */
    despiteWorker: boolean;
    /** Its command has succeeded. */
    hasRun: boolean;
  },
): Continued | { kind: "run"; closed: Bead; before: boolean } {
  const { ledger, name, reason, force, outputs, claim, despiteWorker, hasRun } = options;
  const { env } = context.ports;
  return ledger.write(context.actor, (transaction) => {
    const step = resolveBead(transaction, name);
    const closing = { bead: step, reason, force, outputs, hasRun, env };
    const before = step.status === "closed";
    if (stepOfBead(step)) return { kind: "run", closed: closeOne(transaction, closing), before };
    const bead = workedBy(transaction, step);
    if (!bead) throw notAStep(step);
    const touch = { view: transaction, bead: step, env };
    refuseStepAtWork("close", { ...touch, force: despiteWorker });
    const elsewhere = workElsewhere(touch);
    const closed = closeOne(transaction, closing);
    // What comes next is for the worker, whoever closed what came before.
    const onward = moveOn(transaction, { bead, claim: claim && !elsewhere });
    return { kind: "checklist", closed, before, bead, onward, ...present({ elsewhere }) };
  });
}

function notAStep(bead: Bead): CommandError {
  const state = bead.issue_type === "step"
    ? "it belongs to no bead"
    : `it is a ${bead.issue_type}, not a step`;
  return new CommandError("refused", `Cannot continue after "${bead.id}": ${state}`, {
    code: "not_a_step",
    hints: [`bd close ${bead.id} --suggest-next`, "The step you are at: bd mol current"],
  });
}

/** What `bd close STEP --continue --json` gives. */
export function continuedShape(view: View, { closed, bead, onward }: Continued): JsonObject {
  const { step, claimed, checklist } = onward;
  return {
    closed: [issueShape(view, closed)],
    continue: {
      closed_step: issueShape(view, closed),
      ...(step ? { next_step: issueShape(view, step) } : {}),
      auto_advanced: claimed,
      molecule_complete: checklist.completed === checklist.steps.length,
      molecule_id: bead.id,
    },
  };
}

/** Prints what was closed, the next step with its text, and the command that comes next. */
export function printContinued(
  { out, ports }: Pick<Context, "out" | "ports">,
  { view, continued }: { view: View; continued: Continued },
): void {
  const { closed, before, onward, elsewhere } = continued;
  const { step, claimed, checklist } = onward;
  const { style } = out;
  out.line(closedLine(style, { bead: closed, before }));
  if (step) {
    const place = `${checklist.completed} of ${checklist.steps.length} done`;
    out.line(`\n${style.bold(claimed ? "Now yours" : "Next")} (${place}):`);
    for (const line of stepText(step)) out.line(line);
    out.line(
      elsewhere ? `\n${forWorker(elsewhere)}` : `\n${finishLine(style, step)}`,
    );
  } else {
    out.line(`\n${dueLines(style, { view, checklist, now: ports.clock.now() }).join("\n")}`);
  }
}

/** Whose the steps of a bead are that somebody else works. */
export function forWorker({ bead }: WorkElsewhere): string {
  return `It is for the worker of ${printable(bead.id)}: ${printable(bead.assignee ?? "none yet")}`;
}
