import { join } from "node:path";
import { createStopper, type Stopper } from "../../../lib/stopper.ts";
import { quoteWords } from "../../../lib/quote_words.ts";
import { isOfMachine } from "../../../ledger/ledger_error.ts";
import { faultPoint } from "../../../ports/fault.ts";
import { sleepUntil } from "../../../ports/clock.ts";
import type { Started } from "../../../ports/process.ts";
import type { Scope } from "../../expressions/evaluate.ts";
import { commandEnvironment, maskEnvironment, missingSecret, refuseNul } from "./command_environment.ts";
import {
  attemptPath,
  commandScript,
  fencePath,
  FILTERED_SCRIPT,
  lanePaths,
  runFolder,
  SHELL,
  SKIPPED_CODE,
} from "./command_files.ts";
import { endGroup, LOOK_MS } from "./end_group.ts";
import { type CachedCommand, forgetKey, keepInCache, tookFromCache } from "./command_cache.ts";
import { exitReason, silenceReason } from "./exit_reason.ts";
import type { Ending, Span } from "./lane_records.ts";
import { attemptName, type Lanes } from "./lanes.ts";
import { succeeded } from "../steps/outputs.ts";
import { type Order, type Performance, type PerformDeps, whenLate } from "../steps/performance.ts";
import { guarded } from "../steps/trouble.ts";
import type { Reason } from "../../machine/run.ts";
import { runName } from "../journal/step_at.ts";

/** How much of what a command prints its expressions can read, in bytes: the end of it. */
export const READ_MOST = 1024 * 1024;

/** What carrying out commands needs. */
export interface CommandDeps extends PerformDeps {
  lanes: Lanes;
}

/** A command that is being carried out. */
interface CommandRun {
  deps: CommandDeps;
  order: Order;
  name: string;
  ending?: Ending;
  /** Resolves when nobody is left of it, once it is being ended. */
  gone?: Promise<void>;
  /** Ends all waiting. */
  over: Stopper;
  /** Resolves when it has been said how it ended. */
  told: Promise<void>;
  /** Whether it may begin: that it does is on disk. */
  isAllowed: boolean;
  /** Its shell, which waits. */
  started?: Started;
  pid?: number;
}

/** Whether what a step prints is read by its expressions. */
function readsOutput({ step: { definition } }: Order): boolean {
  return definition.outputs.some(({ value }) => value !== undefined);
}

/** Runs the command of a step, or finds it again where another driver began it. */
export function performCommand(deps: CommandDeps, order: Order): Performance {
  const { step } = order;
  let done = () => {};
  const told = new Promise<void>((resolve) => done = resolve);
  const name = attemptName(step);
  let telling: Promise<void> | undefined;
  let isDropped = false;
  const tell: Order["tell"] = (event) => {
    const work = async () => {
      const { pid } = command;
      const left = pid !== undefined && await deps.lanes.isLeftBehind(name, pid) ? pid : undefined;
      // Its lane may be somebody else's by now.
      if (isDropped) return;
      deps.lanes.release(name, { left });
      if (step.definition.cache) forgetKey(cachedCommand(command));
      order.tell(event);
    };
    telling = guarded(deps, { work });
  };
  const command: CommandRun = {
    deps,
    order: { ...order, tell },
    name,
    over: createStopper(),
    told,
    isAllowed: false,
  };
  watchTime(command);
  guarded(deps, { work: () => carryOut(command), fail: (reason) => fail(command, reason) })
    // Of an attempt that nobody carries out any more there is nothing to be said.
    .then(() => telling).then(done);
  return {
    allow() {
      command.isAllowed = true;
      begin(command);
    },
    stop: () => end(command, "stopped"),
    interrupt() {
      end(command, "interrupted");
      return told;
    },
    // A command that nobody waits for any more goes on: the driver that follows finds it.
    drop() {
      isDropped = true;
      command.over.abort();
      begin(command);
    },
  };
}

function fail({ over, order: { tell, step } }: CommandRun, reason: Reason): void {
  over.abort();
  tell({ kind: "failed", step: step.id, attempt: step.attempt, reason });
}

async function carryOut(command: CommandRun): Promise<void> {
  const { deps: { lanes }, name } = command;
  if (lanes.find(name)?.pid !== undefined) return await followCommand(command);
  if (command.order.step.definition.cache) {
    const isTaken = await tookFromCache(cachedCommand(command));
    if (isTaken) faultPoint("mol.after-end");
    if (isTaken || command.ending) return await conclude(command, isTaken ? { code: 0 } : {});
  }
  const started = command.started = startCommand(command);
  begin(command);
  command.pid = await started.pid;
  if (command.over.signal.aborted) return;
  faultPoint("mol.after-start");
  if (command.ending) endProcesses(command);
  const { code, signal: by } = await started.ended;
  if (code === SKIPPED_CODE && wasSkipped(command)) return leave(command);
  if (command.ending) await endProcesses(command);
  faultPoint("mol.after-end");
  await conclude(command, code === undefined ? { signal: by ?? "a signal" } : { code });
}

function wasSkipped({ deps: { lanes }, pid }: CommandRun): boolean {
  lanes.refresh();
  return lanes.wasSkipped(pid!);
}

/**
 * Another driver has the run, which begins the command by itself; what is said here, nobody listens to. If none has, one
 * that was overtaken has noted down its term too late, and the command begins again.
 */
function leave({ over, deps, order: { tell, step } }: CommandRun): void {
  if (over.signal.aborted) return;
  over.abort();
  deps.fence();
  tell({ kind: "interrupted", step: step.id, attempt: step.attempt });
}

/** Lets the shell go on, or end where the command is not to begin any more. */
function begin(command: CommandRun): void {
  const { started, isAllowed, ending, over } = command;
  const isOver = ending !== undefined || over.signal.aborted;
  if (!started || !isAllowed && !isOver) return;
  delete command.started;
  started.allow(!isOver);
}

function startCommand({ deps, order, name, ending }: CommandRun): Started {
  const { ports, language, folder, ledger, lanes } = deps;
  const { step, scope, open } = order;
  const { action, secrets } = step.definition;
  if (action.kind !== "run") throw new Error(`"${step.id}" is no command`);
  const missing = missingSecret(ports.env, secrets);
  if (missing !== undefined) throw new Error(`there is no ${missing} in the environment`);
  const cwd = action.cwd ? join(folder, language.fill(action.cwd, scope)) : folder;
  if (action.cwd) refuseNul(cwd, { what: "its cwd", of: action.cwd });
  if (ports.files.stat(join(cwd, ".")) === undefined) throw new Error(`there is no folder ${cwd}`);
  const text = language.fill(action.command, scope);
  refuseNul(text, { what: "its command", of: action.command });
  const mask = deps.secrets.size > 0 ? maskEnvironment(deps) : undefined;
  const env = { ...commandEnvironment(deps, order), ...mask?.env };
  const runs = runFolder(ledger.folder, runName(open.key));
  if (ending !== undefined) throw new Error("it is not to begin any more");
  const apart = readsOutput(order);
  const { lane, log, output } = lanes.reserve(name, { apart });
  const paths = lanePaths(runs, lane);
  const sizes = `${log.from} ${output.from}`;
  const words = ["gt-step", paths.record, name, fencePath(runs), String(open.run.term), text, sizes];
  const script = mask === undefined ? [commandScript(text), ...words] : [
    FILTERED_SCRIPT,
    ...words,
    quoteWords([...ports.processes.self, "mol", "mask-output"]),
    apart ? "apart" : "together",
    mask.hide.join(" "),
  ];
  // Of a driver that was overtaken, one with the same name may still be about to be read.
  const stdin = action.stdin && attemptPath(runs, { name, suffix: `${open.run.term}.in` });
  if (stdin) ports.files.writeText(stdin, language.fill(action.stdin!, scope), { mode: 0o600 });
  try {
    return ports.processes.start([SHELL, "-c", ...script], {
      cwd,
      env,
      ...(stdin ? { stdin } : {}),
      stdout: apart ? paths.output : paths.log,
      stderr: paths.log,
    });
  } finally {
    // The shell has it open.
    if (stdin) ports.files.remove(stdin);
  }
}

/** Waits for a command that another process began. */
async function followCommand(command: CommandRun): Promise<void> {
  const { deps: { ports: { clock, processes }, lanes }, name } = command;
  for (let pause = 1; !command.over.signal.aborted; pause = Math.min(LOOK_MS, pause * 2)) {
    lanes.refresh();
    const record = lanes.find(name);
    // It was not to begin: it is begun here.
    if (!record) return await carryOut(command);
    const { pid, mark, code } = record;
    const ending = command.ending ?? lanes.endingOf(name);
    if (ending !== undefined) command.ending = ending;
    const isGone = pid === undefined || processes.observe(pid, mark) === "gone";
    // Another process may have its number by now; the group that it led is its own as long as anybody is left of it. What
    // was taken from a cache has none.
    if (pid && (!isGone || processes.observe(pid) === "gone")) command.pid = pid;
    if (code !== undefined || isGone) {
      if (command.ending) await endProcesses(command);
      // Between its last word and its end there is a moment.
      lanes.refresh();
      const last = lanes.find(name)?.code;
      return await conclude(command, last === undefined ? {} : { code: last });
    }
    if (command.ending) endProcesses(command);
    await clock.sleep(pause);
  }
}

function watchTime(command: CommandRun): void {
  const { order: { step }, deps, over: { signal } } = command;
  const { heartbeat } = step.definition;
  const began = step.record.startedAt ?? deps.ports.clock.now();
  whenLate(deps, { step }, { signal, late: (reason) => end(command, reason) });
  if (heartbeat !== undefined) guarded(deps, { work: () => listen(command, { began, heartbeat }) });
}

/** Ends a command that prints nothing for too long. */
async function listen(
  command: CommandRun,
  { began, heartbeat }: { began: number; heartbeat: number },
): Promise<void> {
  const { deps: { ports: { clock, files }, lanes }, name, over } = command;
  while (!over.signal.aborted) {
    const { log, output } = lanes.find(name) ?? {};
    const heard = [log, output].map((span) => span && files.stat(span.path)?.modified || 0);
    const left = Math.max(began, ...heard) + heartbeat - clock.now();
    if (left <= 0) {
      return end(command, silenceReason(heartbeat));
    }
    await sleepUntil(clock, { at: clock.now() + left, signal: over.signal });
  }
}

function end(command: CommandRun, ending: Ending): void {
  const { over } = command;
  if (command.ending || over.signal.aborted) return;
  command.ending = ending;
  begin(command);
  endProcesses(command);
}

/** Ends all of a command that has begun, once. */
async function endProcesses(command: CommandRun): Promise<void> {
  const { pid, deps: { ports } } = command;
  if (pid === undefined) return;
  if (!command.gone) noteEnding(command);
  await (command.gone ??= endGroup(ports, pid));
}

/** Whoever follows this driver finds out why the command has ended; where that cannot be kept, it is ended all the same. */
function noteEnding({ deps: { lanes }, name, pid, ending }: CommandRun): void {
  try {
    lanes.noteEnding(name, { pid: pid!, ending: ending! });
  } catch (error) {
    if (!isOfMachine(error)) throw error;
  }
}

/** Says how the command ended, once. */
async function conclude(command: CommandRun, how: { code?: number; signal?: string }): Promise<void> {
  const { over, order, deps } = command;
  if (over.signal.aborted) return;
  over.abort();
  const ending = wasDone(command) ? undefined : command.ending;
  const { id: step, attempt } = order.step;
  if (ending === "stopped" || ending === "interrupted") return order.tell({ kind: ending, step, attempt });
  const { code } = how;
  if (typeof ending === "object") return order.tell({ kind: "failed", step, attempt, reason: ending });
  if (code === 0) {
    const event = succeeded(deps.language, { step: order.step, scope: outputScope(command), code });
    return order.tell(event.kind === "succeeded" ? { ...event, ...await fromCache(command) } : event);
  }
  order.tell({
    kind: "failed",
    step,
    attempt,
    reason: exitReason(how),
    ...(code === undefined ? {} : { code }),
  });
}

/** Whether a command had done its work before anybody began to end it: it is not to be done again. */
function wasDone({ deps: { lanes }, name, ending }: CommandRun): boolean {
  if (ending === undefined) return false;
  lanes.refresh();
  return lanes.find(name)?.code === 0 && lanes.endingOf(name) === undefined;
}

/** The attempt that a result was taken from; one of its own is kept where it may be. */
async function fromCache(command: CommandRun): Promise<{ cached?: string }> {
  const { deps: { lanes, ports: { files } }, order, name } = command;
  if (!order.step.definition.cache) return {};
  const spans = lanes.find(name)!;
  if (spans.cached !== undefined) return { cached: spans.cached };
  // The work is done: that it has to be done again some time is no failure.
  const why = await keepInCache(cachedCommand(command), { spans, most: READ_MOST })
    .catch((error: Error) => error.message);
  if (why !== undefined) files.appendText(spans.log.path, `[not kept for later runs: ${why}]\n`);
  return {};
}

function cachedCommand(command: CommandRun): CachedCommand {
  const { deps, order, name } = command;
  return { deps, order, name, apart: readsOutput(order), stop: () => command.ending !== undefined };
}

function outputScope(command: CommandRun): Scope {
  const { deps: { ports: { files }, lanes }, order, name } = command;
  if (!readsOutput(order)) return { ...order.scope, exit_code: 0 };
  const { log, output } = lanes.find(name)!;
  const notes: string[] = [];
  const end = (name: string, { path, from }: Span) => {
    const size = files.stat(path)?.size ?? 0;
    const left = size - from - READ_MOST;
    if (left > 0) {
      notes.push(`[only the last MiB of ${name} is read by expressions, ${left} bytes before it are not]\n`);
    }
    return files.readPart(path, { from: Math.max(from, size - READ_MOST), most: READ_MOST })?.text ?? "";
  };
  const scope = { ...order.scope, stdout: end("stdout", output), stderr: end("stderr", log), exit_code: 0 };
  for (const note of notes) files.appendText(log.path, note);
  return scope;
}
