import { claimBead } from "../../beads/claim.ts";
import { parentOf } from "../../beads/dependencies.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger } from "../../ledger/ledger.ts";
import { formatDuration } from "../../lib/duration.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { printable, printableText } from "../../lib/printable.ts";
import { originOf, type StepOrigin } from "../../molecules/checklist.ts";
import { repositoryAround } from "../gt_support/runs.ts";
import { refuseStaleWorker } from "./guard.ts";

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
 * Runs the command of a step in the root of the repository around the caller, who has the step from then on.
 *
 * @throws {CommandError} `already_claimed`, or `stale_attempt` for a worker whose attempt is over.
 */
export async function runStepCommand(
  { ports, actor, out }: Context,
  { ledger, step }: { ledger: Ledger; step: Bead },
): Promise<StepRan> {
  const origin = beginStep(ledger, { step, actor, env: ports.env });
  const { command, timeout, env = {} } = origin.run!;
  const bead = parentOf(ledger.view, step);
  out.line(`${out.style.dim("▸")} ${step.id} $ ${printable(command.trim())}`);
  const began = ports.clock.now();
  const { code, timedOut, stdout } = await ports.processes.run(["sh", "-c", command], {
    cwd: repositoryAround(ports),
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
  { step, actor, env }: { step: Bead; actor: string; env: Context["ports"]["env"] },
): StepOrigin {
  return ledger.write(actor, (transaction) => {
    refuseStaleWorker(env, { view: transaction, step });
    const now = transaction.beadByKey(step.key)!;
    if (now.status === "open") claimBead(transaction, { key: step.key, actor });
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
