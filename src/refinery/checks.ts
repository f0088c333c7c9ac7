import { join } from "node:path";
import type { Json } from "../lib/json.ts";
import type { Finished } from "../ports/process.ts";
import { formatDuration } from "../lib/duration.ts";
import type { TownConfig } from "../town/config/config.ts";
import { rigConfig } from "../town/town.ts";
import { endRecorded, runRecorded } from "../town/recorded_run.ts";
import type { Failure } from "../work/attempt.ts";
import type { WorkDeps } from "../work/sling.ts";

/** How the checks went; `stopped` says that the refinery was told to end meanwhile. */
export type Checked =
  | { kind: "green" }
  | { kind: "red"; failure: Failure }
  | { kind: "stopped" };

/** What to check. */
export interface CheckOrder {
  rig: string;
  bead: string;
  n: number;
  /** The refinery's worktree, at the commit to be tested. */
  worktree: string;
  signal: AbortSignal;
}

/** What runs at the moment, kept under kind `check` and the rig's name. `startedAt` is in ms since the epoch. */
export interface RunningCheck {
  bead: string;
  n: number;
  name: string;
  startedAt: number;
}

interface Step {
  what: "Setup" | "Check";
  name: string;
  run: string;
  timeoutMs: number;
}

/** How much of a log is handed on, in characters. */
const TAIL_KEPT = 8_000;

/** Whether a rig has anything to run before a merge. */
export function hasChecks(config: TownConfig, rig: string): boolean {
  return rigConfig(config, rig).checks.length > 0;
}

/** Where the full log of the checks of a try is. */
export function checkLogPath({ town }: Pick<WorkDeps, "town">, order: { bead: string; n: number }): string {
  return join(town.paths.logs, "checks", `${order.bead}-${order.n}.log`);
}

/** The log of the checks of a try with its last lines, or undefined when none have run. */
export function checkLog(
  deps: WorkDeps,
  order: { bead: string; n: number },
): { path: string; end: string } | undefined {
  const path = checkLogPath(deps, order);
  const text = deps.ports.files.readText(path);
  if (text === undefined) return undefined;
  return { path, end: plain(text.slice(-TAIL_KEPT)).trimEnd().split("\n").slice(-20).join("\n") };
}

/** What a rig's refinery checks at the moment. */
export function runningCheck({ town }: Pick<WorkDeps, "town">, rig: string): RunningCheck | undefined {
  return town.ledger.ephemeral.get<Json>("check", rig) as unknown as RunningCheck | undefined;
}

/** Runs the set-up commands and the checks of a rig in order, up to the first that is red. */
export async function runChecks(deps: WorkDeps, order: CheckOrder): Promise<Checked> {
  const { ports, town } = deps;
  const log = checkLogPath(deps, order);
  ports.files.writeText(log, "");
  const end = () => endChecks(deps, order.rig);
  order.signal.addEventListener("abort", end, { once: true });
  try {
    for (const step of stepsOf(await town.config(), order.rig)) {
      if (order.signal.aborted) return { kind: "stopped" };
      const running: RunningCheck = {
        bead: order.bead,
        n: order.n,
        name: step.name,
        startedAt: ports.clock.now(),
      };
      town.ledger.ephemeral.put("check", order.rig, running as unknown as Json);
      const finished = await runStep(deps, { order, step, log });
      if (order.signal.aborted) return { kind: "stopped" };
      if (finished.code !== 0) return { kind: "red", failure: failureOf({ step, finished, log }) };
    }
    return { kind: "green" };
  } finally {
    order.signal.removeEventListener("abort", end);
    town.ledger.ephemeral.remove("check", order.rig);
  }
}

/** Ends the checks that a refinery left running when it was killed. */
export function endChecks(deps: WorkDeps, rig: string): void {
  endRecorded(deps, runKey(rig));
  if (runningCheck(deps, rig)) deps.town.ledger.ephemeral.remove("check", rig);
}

function runKey(rig: string): string {
  return `refinery/${rig}`;
}

function stepsOf(config: TownConfig, name: string): Step[] {
  const rig = rigConfig(config, name);
  const setup = rig.setup.map((run): Step => ({
    what: "Setup",
    name: run,
    run,
    timeoutMs: config.limits.setup_timeout,
  }));
  const checks = rig.checks.map((check): Step => ({
    what: "Check",
    name: check.name,
    run: check.run,
    timeoutMs: check.timeout ?? config.checks_timeout,
  }));
  return [...setup, ...checks];
}

function runStep(
  deps: WorkDeps,
  options: { order: CheckOrder; step: Step; log: string },
): Promise<Finished> {
  const { order, step, log } = options;
  return runRecorded(deps, {
    key: runKey(order.rig),
    command: step.run,
    cwd: order.worktree,
    env: {
      ...cleanEnvironment(deps.ports.env.all()),
      CI: "1",
      GT_BEAD: order.bead,
      GT_ATTEMPT: String(order.n),
    },
    timeoutMs: step.timeoutMs,
    logFile: log,
  });
}

/** A check is not part of the session that the refinery runs in. */
function cleanEnvironment(all: Record<string, string>): Record<string, string> {
  const own = /^(TMUX|TMUX_PANE|GT_.*|BD_.*|GIT_(DIR|INDEX_FILE|WORK_TREE|PREFIX|COMMON_DIR))$/;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !own.test(name)));
}

function failureOf(options: { step: Step; finished: Finished; log: string }): Failure {
  const { step, finished, log } = options;
  const how = finished.timedOut
    ? `took longer than ${formatDuration(step.timeoutMs)}`
    : finished.code === undefined
    ? `was ended by ${finished.signal ?? "a signal"}`
    : `failed with exit code ${finished.code}`;
  const said = plain(finished.stdout).slice(-TAIL_KEPT);
  return {
    kind: "checks",
    summary: `${step.what} "${step.name}" ${how}`,
    detail: `$ ${step.run}\n${said.trimEnd()}\nFull log: ${log}`,
  };
}

/** Colours and cursor movements are noise to whoever reads the failure. */
function plain(text: string): string {
  const escape = String.fromCharCode(27);
  return text.replace(
    new RegExp(`${escape}(\\[[0-9;?]*[A-Za-z]|\\][^\\u0007]*\\u0007|[()][0-9A-B])`, "g"),
    "",
  )
    .replace(/[^\n]*\r(?!\n)/g, "");
}
