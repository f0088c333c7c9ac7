import { closeBead, reopenBead } from "../../beads/close.ts";
import type { Bead, BeadKey, Transaction } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { originOf } from "../../molecules/checklist.ts";
import {
  changesOutputs,
  isFailure,
  isLikeFailure,
  missingOutputs,
  stepOfBead,
} from "../../molecules/engine/journal/step_link.ts";
import { typedOutputs } from "../../molecules/engine/journal/typed_outputs.ts";
import type { Env } from "../../ports/env.ts";
import {
  advanceIn,
  archiveAsking,
  attemptOf,
  expectAdvance,
  liveAttemptOf,
} from "../../work/attempt_store.ts";
import { defaultLimits } from "../../work/limits.ts";
import { refuseAtWork, refuseOfRun, refuseOfRunAgain } from "./guard.ts";

/** How one bead is closed. */
export interface StepClosing {
  bead: Bead;
  reason: string;
  force: boolean;
  env: Env;
  /** What it gives to later steps of its run. */
  outputs?: JsonObject;
  /** Its command has succeeded. */
  hasRun?: boolean;
}

/**
 * Closes a bead; the step of a run gives its outputs, and is closed by the worker who has it without a merge.
 *
 * @throws {CommandError} `gate_undecided`, `run_under_way`, `bead_at_work`, `bead_blocked`, `stale_attempt`, `not_a_step`,
 * `step_closed`, `output_refused`, `outputs_missing` or `unclear_reason`.
 */
export function closeOne(transaction: Transaction, closing: StepClosing): Bead {
  const { bead, reason, force, env } = closing;
  refuseOfRun("close", { view: transaction, bead });
  const command = originOf(bead)?.run;
  if (command && !closing.hasRun && !force && bead.status !== "closed") throw mustRun(bead);
  const link = stepOfBead(bead);
  if (link && !force && bead.status !== "closed" && isLikeFailure(reason)) throw unclearReason(bead, reason);
  const given = giveOutputs(transaction, closing);
  const missing = link && !isFailure(reason) && bead.status !== "closed" ? missingOutputs(given) : [];
  if (missing.length > 0) throw outputsMissing(bead, missing);
  const own = link && isOwn(env, bead);
  if (!own) {
    if (!force) refuseAtWork("close", bead);
    archiveAsking(transaction, bead);
    return closeBead(transaction, { key: bead.key, reason, force });
  }
  const n = Number(env.get("GT_ATTEMPT"));
  const event = {
    kind: "closedWithoutCode" as const,
    at: transaction.now,
    why: reason,
    by: transaction.actor,
  };
  const result = advanceIn(transaction, { key: bead.key, n, event, limits: defaultLimits });
  expectAdvance(result, { action: "close", bead: bead.id, n });
  // The run reads from it whether the step has failed.
  return transaction.set(bead.key, { close_reason: reason });
}

/** Opens a closed bead again. @throws {CommandError} `not_closed`, or `gate_closed` or `run_ended` for what a run is done with. */
export function reopenOne(transaction: Transaction, options: { key: BeadKey; reason?: string }): Bead {
  refuseOfRunAgain(transaction, transaction.beadByKey(options.key)!);
  return reopenBead(transaction, options);
}

/** Whether the caller's session is that of the worker who has the bead, or had it. */
function isOwn(env: Env, bead: Bead): boolean {
  if (env.get("GT_BEAD") !== bead.id || attemptOf(bead) === undefined) return false;
  return liveAttemptOf(bead) !== undefined || attemptOf(bead)!.n !== Number(env.get("GT_ATTEMPT"));
}

function giveOutputs(transaction: Transaction, { bead, outputs: given = {} }: StepClosing): Bead {
  if (Object.keys(given).length === 0) return bead;
  if (!stepOfBead(bead)) {
    throw new CommandError(
      "refused",
      `Cannot give outputs for "${bead.id}": it is no step of a workflow's run`,
      {
        code: "not_a_step",
        hints: [`Keep a value in it: bd update ${bead.id} --set-metadata NAME=VALUE`],
      },
    );
  }
  const outputs = typedOutputs(bead, { given, action: "close" });
  if (!changesOutputs(bead, outputs)) return bead;
  // Its run has gone on with those that it had.
  if (bead.status === "closed") throw outputsLate(bead);
  return transaction.set(bead.key, {
    "metadata.outputs": { ...bead.metadata.outputs as JsonObject | undefined, ...outputs },
  });
}

function outputsLate({ id }: Bead): CommandError {
  return new CommandError("refused", `Cannot give outputs for "${id}": it is closed already`, {
    code: "step_closed",
    hints: [`What it gave: bd show ${id} --json`, `Add to it: bd comment ${id} TEXT`],
  });
}

function mustRun(bead: Bead): CommandError {
  return new CommandError("refused", `Cannot close "${bead.id}": its command has to succeed first`, {
    code: "command_not_run",
    hints: [
      `This runs it: bd close ${bead.id} --continue`,
      `It is not to be run: bd close ${bead.id} --force --reason "skipped: WHY"`,
    ],
  });
}

function unclearReason({ id }: Bead, reason: string): CommandError {
  return new CommandError(
    "refused",
    `Cannot close "${id}": "${reason}" may say that its step has failed, or that it was done`,
    {
      code: "unclear_reason",
      hints: [
        `It has failed: bd close ${id} --reason ${quoteWords([`failed: ${reason}`])}`,
        `It was done: bd close ${id} --reason ${quoteWords([`done: ${reason}`])}`,
      ],
    },
  );
}

function outputsMissing(bead: Bead, missing: readonly string[]): CommandError {
  const names = missing.map((name) => `"${name}"`).join(", ");
  return new CommandError("refused", `Cannot close "${bead.id}": later steps need its ${names}`, {
    code: "outputs_missing",
    hints: [
      `bd close ${bead.id} ${missing.map((name) => `--output ${name}=VALUE`).join(" ")}`,
      `It cannot be done: bd close ${bead.id} --reason "failed: WHY"`,
    ],
  });
}
