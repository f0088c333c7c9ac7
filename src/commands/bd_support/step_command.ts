import { dirname } from "node:path";
import { claimBead } from "../../beads/claim.ts";
import { parentOf } from "../../beads/dependencies.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger } from "../../ledger/ledger.ts";
import { formatDuration } from "../../lib/duration.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import type { StopSignal } from "../../lib/stopper.ts";
import { originOf, type StepOrigin } from "../../molecules/checklist.ts";
import {
  followKept,
  keepCommand,
  type Kept,
  type KeptEnd,
  runKept,
  settleFound,
  standingOf,
} from "../../molecules/engine/commands/kept_command.ts";
import { attemptName } from "../../molecules/engine/commands/lanes.ts";
import { workedBy } from "../../molecules/joined.ts";
import { faultPoint } from "../../ports/fault.ts";
import type { Ports } from "../../ports/ports.ts";
import { townPaths } from "../../town/paths.ts";
import { liveAttemptOf } from "../../work/attempt_store.ts";
import { repositoryAround } from "../gt_support/runs.ts";
import { refuseStepAtWork, workElsewhere } from "./guard.ts";

/** What running the command of a step came to. */
export interface StepRan {
  step: Bead;
  /** Absent when a signal ended it, or its time, or nobody knows how it ended. */
  code?: number;
  /** In ms. */
  took: number;
  /** Why it counts as failed; absent when it succeeded. */
  failure?: string;
  /** Nobody knows how it ended. */
  isLost?: true;
  /** The last lines that it printed. */
  tail: readonly string[];
}

/** The command of a step that is to be run, and how. */
export interface StepCommand {
  ledger: Ledger;
  step: Bead;
  /** Although a worker is at it. */
  despiteWorker: boolean;
  /** Whether the caller asks for this very step. */
  isNamed: boolean;
  /** Ends it. */
  signal: StopSignal;
}

/** How many lines of what a command that has succeeded printed are shown. */
const LINES_GOOD = 10;

/**
 * Where the command of a step runs: in the worktree of the worker who has its bead, else in the root of the repository
 * around the caller. Undefined while somebody else has the bead and no worktree for it.
 */
export function workplaceOf(
  ports: Pick<Ports, "files" | "env">,
  { ledger: { folder, view }, step }: { ledger: Ledger; step: Bead },
): string | undefined {
  const bead = workedBy(view, step);
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
 * Where it is running already, or has ended and nobody has heard of it, that is its result. Undefined when somebody else
 * has closed the step meanwhile.
 *
 * @throws {CommandError} `already_claimed`, `step_at_work`, `stale_attempt` for a worker whose attempt is over, or
 * `interrupted`.
 */
export async function runStepCommand(context: Context, command: StepCommand): Promise<StepRan | undefined> {
  const { out, ports } = context;
  const { ledger, step, signal } = command;
  const { key } = step;
  const run = originOf(step)!.run!;
  const deps = { ports, ledger };
  out.line(`${out.style.dim("▸")} ${step.id} $ ${printable(run.command.trim())}`);
  for (;;) {
    const begun = beginStep(context, command);
    if (begun.kind === "closed") return undefined;
    if (begun.kind === "begun") faultPoint("mol.after-write");
    if (begun.kind === "going") tellOfOther(context, begun.kept);
    const end = begun.kind === "ended"
      ? begun.end
      : begun.kind === "begun"
      ? await runKept(deps, { key, signal, ...begun, ...run, env: environmentOf(context, command) })
      : await followKept(deps, { key, signal, ...run });
    if (signal.aborted && (!end || end.how === "interrupted")) throw interrupted(step, end);
    if (end) return printedEnd(context, { command, end });
  }
}

/** How the command of a step stands once it has been looked at. */
type Begun =
  | { kind: "begun"; kept: Kept; cwd: string }
  | { kind: "going"; kept: Kept }
  | { kind: "ended"; end: KeptEnd }
  | { kind: "closed" };

/** Takes the step and counts the try, unless its command is running, or has ended and that is to be told. */
function beginStep({ actor, ports }: Context, command: StepCommand): Begun {
  const { ledger, step: { key, id }, despiteWorker } = command;
  const deps = { ports, ledger };
  return ledger.write(actor, (transaction): Begun => {
    const step = transaction.beadByKey(key)!;
    if (step.status === "closed") return { kind: "closed" };
    const touch = { view: transaction, bead: step, env: ports.env };
    refuseStepAtWork("close", { ...touch, force: despiteWorker });
    const standing = standingOf(deps, key);
    if (standing.kind === "going") return standing;
    if (standing.kind === "ended" && !standing.told) {
      return { kind: "ended", end: settleFound(deps, { key, standing }) };
    }
    if (standing.kind === "ended" && !isToRunAgain(standing.end, command)) return standing;
    const cwd = workplaceOf(ports, { ledger, step });
    if (cwd === undefined) {
      throw new CommandError("refused", `Cannot run the command of "${id}": its worker has no worktree yet`, {
        code: "no_worktree",
      });
    }
    if (step.status === "open" && !workElsewhere(touch)) claimBead(transaction, { key, actor });
    const origin = originOf(step)!;
    const begun: StepOrigin = { ...origin, tries: (origin.tries ?? 0) + 1 };
    transaction.set(key, { "metadata.step": begun as unknown as Json });
    const name = attemptName({ id: origin.id, attempt: begun.tries! });
    return { kind: "begun", cwd, kept: keepCommand(deps, { key, name, term: begun.tries!, by: actor }) };
  });
}

/** Where nobody knows whether it did its work, only somebody who asks for it has it done again. */
function isToRunAgain({ how, code }: KeptEnd, { isNamed }: StepCommand): boolean {
  return how === "unknown" ? isNamed : code !== 0;
}

function environmentOf({ ports }: Context, { ledger: { view }, step }: StepCommand): Record<string, string> {
  const { id, run, tries } = originOf(view.beadByKey(step.key)!)!;
  const bead = parentOf(view, step);
  return {
    ...ports.env.all(),
    ...run!.env,
    GT_STEP: id,
    GT_STEP_KEY: `${bead?.id ?? step.id}/${id}/${tries}`,
  };
}

function tellOfOther({ out, ports: { clock } }: Context, { by, at }: Kept): void {
  const since = formatDuration(Math.max(0, clock.now() - at));
  const text = `it has been running for ${since}, begun by ${printable(by)}: waiting for its end`;
  out.line(`    ${out.style.dim(text)}`);
}

function interrupted({ id }: Bead, end: KeptEnd | undefined): CommandError {
  const state = end ? "was ended" : "goes on";
  return new CommandError("interrupted", `Interrupted: the command of "${id}" ${state}`, {
    code: "interrupted",
    hints: [`${end ? "Run it again" : "Wait for it again"}: bd close ${id} --continue`],
  });
}

function printedEnd({ out }: Context, { command, end }: { command: StepCommand; end: KeptEnd }): StepRan {
  const { step } = command;
  const failure = failureOf(end, originOf(step)!.run!.timeout);
  const ran: StepRan = {
    ...{ step, took: end.took },
    ...(end.code === undefined ? {} : { code: end.code }),
    ...(failure === undefined ? {} : { failure }),
    ...(end.how === "unknown" ? { isLost: true } : {}),
    tail: failure === undefined ? end.lines.slice(-LINES_GOOD) : end.lines,
  };
  for (const line of ran.tail) out.line(`    ${out.style.dim("│")} ${line}`);
  return ran;
}

function failureOf({ how, code }: KeptEnd, timeout: number | undefined): string | undefined {
  switch (how) {
    case "exit":
      return code === 0 ? undefined : `ended with exit code ${code}`;
    case "timeout":
      return `took longer than ${formatDuration(timeout ?? 0)}`;
    case "signal":
    case "interrupted":
      return "was ended by a signal";
    case "unknown":
      return "has ended, and nobody knows how";
  }
}

/** What is to be done about a command that failed, and how it is run again. */
export function mendLine({ step, isLost }: StepRan): [what: string, command: string] {
  return [
    isLost ? "See what it has done, then run it again" : "Repair it, then",
    `bd close ${step.id} --continue`,
  ];
}

/** Refuses to close a step whose command has failed. */
export function commandFailed(ran: StepRan): CommandError {
  const { step, failure, tail, isLost } = ran;
  return new CommandError("refused", `Cannot close "${step.id}": its command ${failure}`, {
    code: isLost ? "command_lost" : "command_failed",
    hints: [...tail.slice(-5), mendLine(ran).join(": ")],
  });
}

/** A command that was run, in `bd close STEP --continue --json`. */
export function ranShape({ step, code, took, tail }: StepRan): JsonObject {
  return {
    ...{ id: step.id, title: step.title, exit_code: code ?? null, seconds: took / 1_000 },
    output: tail.join("\n"),
  };
}
