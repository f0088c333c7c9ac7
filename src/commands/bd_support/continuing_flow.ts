import { issueShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { createStopper } from "../../lib/stopper.ts";
import { hasCommand } from "../../molecules/checklist.ts";
import { forgetCommand } from "../../molecules/engine/commands/kept_command.ts";
import { closeAndContinue, type Continued, continuedShape, forWorker, printContinued } from "./continuing.ts";
import { closedLine } from "./marks.ts";
import {
  commandFailed,
  mendLine,
  ranShape,
  runStepCommand,
  type StepRan,
  workplaceOf,
} from "./step_command.ts";

/** A step that is to be closed, and how. */
export interface ContinueOrder {
  ledger: Ledger;
  name: string;
  reason: string;
  force: boolean;
  outputs: JsonObject;
  /** Whether the caller takes the next step, and runs it where it is a command. */
  claim: boolean;
}

/**
 * Closes a step, then those after it that are commands and succeed; prints the step that comes then.
 *
 * Returns 1 when a later command has failed. @throws {CommandError} `command_failed` when the step's own has.
 */
export async function continueFrom(context: Context, order: ContinueOrder): Promise<number> {
  const { ledger, claim, force: despiteWorker } = order;
  const { terminal, processes } = context.ports;
  const stop = createStopper();
  terminal.outlastReader(stop.signal);
  const ran: StepRan[] = [];
  const closed: Bead[] = [];
  let step = resolveBead(ledger.view, order.name);
  let continued: Continued | undefined;
  for (;;) {
    const isFirst = continued === undefined;
    const force = isFirst && order.force;
    const runs = hasCommand(step) && !step.blocked && !force;
    if (runs) {
      if (ran.length === 0) processes.onStop(() => stop.abort(), { hurries: true });
      const result = await runStepCommand(context, {
        ...{ ledger, step, despiteWorker, isNamed: isFirst, signal: stop.signal },
      });
      if (result) ran.push(result);
      if (result?.failure !== undefined && isFirst) throw commandFailed(result);
      if (result?.failure !== undefined) return tell(context, { ledger, continued: continued!, closed, ran });
    }
    const outcome = closeAndContinue(context, {
      ...{ ledger, claim, force, despiteWorker, name: step.id, hasRun: true },
      reason: isFirst ? order.reason : "its command succeeded",
      outputs: isFirst ? order.outputs : {},
    });
    if (outcome.kind === "run") {
      const { continueRun } = await import("./continuing_run.ts");
      await continueRun(context, { ledger, claim, ...outcome });
      return 0;
    }
    if (runs) forgetCommand({ ledger }, step.key);
    continued = outcome;
    closed.push(outcome.closed);
    const next = outcome.onward.step;
    if (!claim || !next || !hasCommand(next) || !workplaceOf(context.ports, { ledger, step: next })) {
      return tell(context, { ledger, continued, closed, ran });
    }
    context.out.line(closedLine(context.out.style, { bead: outcome.closed, before: outcome.before }));
    step = next;
  }
}

function tell(
  context: Context,
  options: { ledger: Ledger; continued: Continued; closed: readonly Bead[]; ran: readonly StepRan[] },
): number {
  const { ledger: { view }, continued, closed, ran } = options;
  const { out } = context;
  const failed = ran.at(-1)?.failure === undefined ? undefined : ran.at(-1);
  const shape = continuedShape(view, continued);
  out.result({
    closed: closed.map((bead) => issueShape(view, bead)),
    continue: {
      ...shape.continue as JsonObject,
      ...(ran.length > 0 ? { ran: ran.map(ranShape) } : {}),
    },
  });
  if (!failed) {
    printContinued(context, { view, continued });
    return 0;
  }
  const { step, failure } = failed;
  const { elsewhere } = continued;
  const whose = elsewhere ? forWorker(elsewhere) : "It is yours.";
  out.line(
    `\n${out.style.red("✗")} ${printable(step.id)} "${printable(step.title)}" ${failure}. ${whose}`,
  );
  const [what, command] = mendLine(failed);
  if (!elsewhere) out.line(`${out.style.bold(what)}: ${command}`);
  return 1;
}
