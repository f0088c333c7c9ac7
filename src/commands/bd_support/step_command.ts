import { dirname } from "node:path";
import { claimBead } from "../../beads/claim.ts";
import { parentOf } from "../../beads/dependencies.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger } from "../../ledger/ledger.ts";
import { formatDuration } from "../../lib/duration.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import { printable, printableText } from "../../lib/printable.ts";
import { originOf, type StepOrigin } from "../../molecules/checklist.ts";
import type { Env } from "../../ports/env.ts";
import type { Ports } from "../../ports/ports.ts";
import { townPaths } from "../../town/paths.ts";
import { liveAttemptOf } from "../../work/attempt_store.ts";
import { repositoryAround } from "../gt_support/runs.ts";
import { refuseStepAtWork, workElsewhere } from "./guard.ts";

/** What running the command of a step came to. */
export interface StepRan {
  step: Bead;
  /** Absent when a signal ended it, or its time. */
  code?: number;
  /** In ms. */
  took: number;
  /** Why it counts as failed; absent when it succeeded. */
  failure?: string;
  /** The last lines that it printed. */
  tail: readonly string[];
}

/** How much of what a command prints is kept, in characters, and how many lines of it are shown. */
const KEEP = 262_144;
const LINES_GOOD = 10;
const LINES_BAD = 60;
/** A line may be all that the command printed; whoever reads it has room for so many characters. */
const LONGEST_LINE = 2_000;

/** Whether closing this step means running its command. */
export function hasCommand(step: Bead): boolean {
  return step.status !== "closed" && originOf(step)?.run !== undefined;
}

/**
 * Where the command of a step runs: in the worktree of the worker who has its bead, else in the root of the repository
 * around the caller. Undefined while somebody else has the bead and no worktree for it.
 */
export function workplaceOf(
  ports: Pick<Ports, "files" | "env">,
  { ledger: { folder, view }, step }: { ledger: Ledger; step: Bead },
): string | undefined {
  const bead = parentOf(view, step);
  const attempt = bead && liveAttemptOf(bead);
  const rig = attempt && townPaths(dirname(folder)).rig(attempt.rig);
  const own = attempt?.crew !== undefined
    ? rig!.crew(attempt.crew)
    : attempt?.worker !== undefined
    ? rig!.worker(attempt.worker)
    : undefined;
  if (own !== undefined && ports.files.exists(own)) return own;
  return workElsewhere({ view, bead: step, env: ports.env }) ? undefined : repositoryAround(ports);
}

/**
 * Runs the command of a step where its bead is worked; the caller has the step from then on, unless a worker has the bead.
 *
 * @throws {CommandError} `already_claimed`, `step_at_work`, or `stale_attempt` for a worker whose attempt is over.
 */
export async function runStepCommand(
  { ports, actor, out }: Context,
  { ledger, step, despiteWorker }: { ledger: Ledger; step: Bead; despiteWorker: boolean },
): Promise<StepRan> {
  const origin = beginStep(ledger, { step, actor, env: ports.env, despiteWorker });
  const cwd = workplaceOf(ports, { ledger, step });
  const { command, timeout, env = {} } = origin.run!;
  const bead = parentOf(ledger.view, step);
  out.line(`${out.style.dim("▸")} ${step.id} $ ${printable(command.trim())}`);
  const began = ports.clock.now();
  const { code, timedOut, stdout } = await ports.processes.run(["sh", "-c", command], {
    ...present({ cwd }),
    env: {
      ...ports.env.all(),
      ...env,
      GT_STEP: origin.id,
      GT_STEP_KEY: `${bead?.id ?? step.id}/${origin.id}/${origin.tries}`,
    },
    merge: true,
    keep: KEEP,
    ...(timeout === undefined ? {} : { timeoutMs: timeout, endGroup: true }),
  });
  const failure = timedOut
    ? `took longer than ${formatDuration(timeout!)}`
    : code === 0
    ? undefined
    : code === undefined
    ? "was ended by a signal"
    : `ended with exit code ${code}`;
  const lines = printableText(stdout.trimEnd()).split("\n").filter((line, at) => at > 0 || line !== "");
  const ran: StepRan = {
    step,
    ...(code === undefined ? {} : { code }),
    ...(failure === undefined ? {} : { failure }),
    took: ports.clock.now() - began,
    tail: lines.slice(failure === undefined ? -LINES_GOOD : -LINES_BAD).map(shortened),
  };
  for (const line of ran.tail) out.line(`    ${out.style.dim("│")} ${line}`);
  return ran;
}

function shortened(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

/** Takes the step and counts the try. */
function beginStep(
  ledger: Ledger,
  { step, actor, env, despiteWorker }: { step: Bead; actor: string; env: Env; despiteWorker: boolean },
): StepOrigin {
  return ledger.write(actor, (transaction) => {
    const now = transaction.beadByKey(step.key)!;
    const touch = { view: transaction, bead: now, env };
    refuseStepAtWork("close", { ...touch, force: despiteWorker });
    if (now.status === "open" && !workElsewhere(touch)) claimBead(transaction, { key: step.key, actor });
    const origin = originOf(now)!;
    const begun = { ...origin, tries: (origin.tries ?? 0) + 1 };
    transaction.set(step.key, { "metadata.step": begun as unknown as Json });
    return begun;
  });
}

/** Refuses to close a step whose command has failed. */
export function commandFailed({ step, failure, tail }: StepRan): CommandError {
  return new CommandError("refused", `Cannot close "${step.id}": its command ${failure}`, {
    code: "command_failed",
    hints: [...tail.slice(-5), `Repair it, then: bd close ${step.id} --continue`],
  });
}

/** A command that was run, in `bd close STEP --continue --json`. */
export function ranShape({ step, code, took, tail }: StepRan): JsonObject {
  return {
    ...{ id: step.id, title: step.title, exit_code: code ?? null, seconds: took / 1_000 },
    output: tail.join("\n"),
  };
}
