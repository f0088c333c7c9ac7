import { noteStuck } from "../agents/conversations.ts";
import { ringDoorbell } from "../agents/doorbell.ts";
import { isLimitMenu, limitOnScreen } from "../agents/limit_text.ts";
import { limitOf, noteRefusal } from "../agents/limits.ts";
import { readScreen } from "../agents/screen.ts";
import { inputLookOf, terminalOf } from "../agents/terminal_agent.ts";
import { clearHold, holdRemote } from "../refinery/remote_hold.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { TownConfig } from "../town/config/config.ts";
import { workerName, workerSession } from "../work/attempt.ts";
import { advance, type Assignment, attemptOf } from "../work/attempt_store.ts";
import { attemptLimits } from "../work/limits.ts";
import type { WorkDeps } from "../work/sling.ts";
import { noteDialog, noteRing } from "./observe.ts";
import { verifySubmission } from "./verify.ts";
import { countingRings, type WitnessAct, workerState, type WorkerView } from "./worker_state.ts";

/** One thing to do about one worker. */
export interface ActOrder {
  assignment: Assignment;
  act: Exclude<WitnessAct, { kind: "none" | "wait" }>;
  view: WorkerView;
  config: TownConfig;
  sessions: Sessions;
  log(text: string): void;
}

/** What an idle worker is told at its prompt. */
const workLine = "There is open work on your hook. Run: gt hook";

/** What a person is told of a dialog. */
const onScreen = "The agent asks for a decision on its screen";

/** Does what was decided about a worker. */
export async function actOn(deps: WorkDeps, order: ActOrder): Promise<void> {
  switch (order.act.kind) {
    case "verify":
      return await verify(deps, order);
    case "restart":
      return await restart(deps, order, order.act.reason);
    case "doorbell":
      return await ring(deps, order);
    case "look":
      return await look(deps, order);
    case "ask":
      return ask(deps, order, order.act.question);
    case "answered":
      return void report(deps, order, { kind: "answered" });
  }
}

async function verify(deps: WorkDeps, order: ActOrder): Promise<void> {
  const { assignment, log } = order;
  const { bead, attempt } = assignment;
  const verification = await verifySubmission(deps, assignment);
  if (verification.kind !== "unknown") clearHold(deps, attempt.rig);
  switch (verification.kind) {
    case "verified":
      report(deps, order, { kind: "verified" });
      faultPoint("witness.after-verify");
      return log(`${bead.id} (attempt ${attempt.n}) is what was submitted: ready to merge`);
    case "wrong":
      report(deps, order, { kind: "verificationFailed", reason: verification.reason });
      return log(`${bead.id} (attempt ${attempt.n}) goes back: ${verification.reason}`);
    case "unknown": {
      const { rig } = attempt;
      holdRemote(deps, { rig, reason: verification.reason, actor: `witness/${rig}` });
      return log(`${bead.id} (attempt ${attempt.n}) cannot be verified now: ${verification.reason}`);
    }
  }
}

/** Ends what is left of the session first, so that two agents never share a worktree. */
async function restart(deps: WorkDeps, order: ActOrder, reason: string): Promise<void> {
  const { assignment: { bead, attempt }, sessions, log } = order;
  const name = workerSession(attempt.worker!);
  if (hasMoved(deps, order)) return;
  // What is ended because it got nowhere would get nowhere again.
  if (workerState(order.view) !== "dead") noteStuck(deps.town.ledger, name);
  const ended = await sessions.end(name);
  if (ended.kind === "unknown") {
    return log(`${name} cannot be ended now, looking again: ${ended.reason}`);
  }
  report(deps, order, { kind: "sessionLost", reason });
  log(`${workerName(attempt.worker!)} on ${bead.id} gets a new session: ${reason}`);
}

/** Observing takes a moment, in which a worker may have reported or submitted, or a later try have got its session's name. */
function hasMoved({ town }: WorkDeps, { assignment: { bead, attempt } }: ActOrder): boolean {
  const now = attemptOf(town.ledger.view.beadByKey(bead.key)!);
  return now?.n !== attempt.n || now.state !== attempt.state || now.since !== attempt.since;
}

async function look(deps: WorkDeps, order: ActOrder): Promise<void> {
  const session = workerSession(order.assignment.attempt.worker!);
  const screen = await order.sessions.capture(session);
  const looks = inputLookOf(terminalOf(deps.town.ledger, session));
  if (screen.kind !== "captured" || readScreen(screen, looks) !== "decision" || hasMoved(deps, order)) return;
  ask(deps, order, onScreen);
}

async function ring(deps: WorkDeps, order: ActOrder): Promise<void> {
  const { assignment, view, sessions, log } = order;
  const session = workerSession(assignment.attempt.worker!);
  const hasHooks = view.activity !== undefined && view.activity.event !== "screen";
  if (!hasHooks && await isLimitedOnScreen(deps, order)) return;
  const rung = await ringDoorbell({ ...deps, sessions }, { session, text: workLine });
  if (rung.kind === "rung") {
    log(`${session} is idle with work on its hook: rang`);
    return noteRing(deps, assignment, countingRings(view));
  }
  switch (rung.because) {
    case "half-typed":
    case "scrolled":
    case "unknown":
      // A person is at it, or nobody can see: that is no failure of the agent.
      return;
    case "decision":
      return await isPastLimit(deps, order) ? await renew(deps, order) : ask(deps, order, onScreen);
    case "busy":
      if (workerState(view) !== "stalled") return;
      break;
    case "no-input":
    case "not-taken":
    case "not-reported":
    case "no-session":
      break;
  }
  log(`${session} does not take input (${rung.because})`);
  noteRing(deps, assignment, countingRings(view));
}

/**
 * Whether the screen of an agent without hooks says that its service refuses it; notes that, once in each session: what
 * stands there when the limit is over is old.
 */
async function isLimitedOnScreen(deps: WorkDeps, order: ActOrder): Promise<boolean> {
  const { assignment: { bead, attempt }, sessions, log } = order;
  const { ledger } = deps.town;
  const who = { session: workerSession(attempt.worker!), bead: bead.id, n: attempt.n };
  const before = limitOf(ledger, who);
  if (before && before.at >= attempt.since) return false;
  const screen = await sessions.capture(who.session);
  const at = deps.ports.clock.now();
  const refusal = screen.kind === "captured" ? limitOnScreen(screen.text, at) : undefined;
  if (!refusal) return false;
  noteRefusal(ledger, { ...who, agent: attempt.agent, refusal, at, errors: (before?.errors ?? 0) + 1 });
  log(`${who.session} is refused by its service: ${refusal.text}`);
  return true;
}

/** Whether the question on the screen is only what to do about a limit that is over. */
async function isPastLimit(deps: WorkDeps, order: ActOrder): Promise<boolean> {
  const { assignment: { bead, attempt }, sessions } = order;
  const session = workerSession(attempt.worker!);
  const limit = limitOf(deps.town.ledger, { session, bead: bead.id, n: attempt.n });
  if (!limit || limit.at < attempt.since) return false;
  const screen = await sessions.capture(session);
  return screen.kind === "captured" && isLimitMenu(screen.text);
}

/** Gives a worker another session that goes on with its conversation; nothing went wrong. */
async function renew(deps: WorkDeps, order: ActOrder): Promise<void> {
  const { assignment: { bead, attempt }, sessions, log } = order;
  if (hasMoved(deps, order)) return;
  const ended = await sessions.end(workerSession(attempt.worker!));
  if (ended.kind === "unknown") return;
  if (report(deps, order, { kind: "handedOff" })) log(`${bead.id} goes on after its limit, in a new session`);
}

/** Tells a person of a question on the agent's screen, once. */
function ask(deps: WorkDeps, order: ActOrder, need: string): void {
  const { assignment } = order;
  const question = `${need}. Answer it there: gt attach ${workerSession(assignment.attempt.worker!)}`;
  if (report(deps, order, { kind: "helpAsked", question })) noteDialog(deps, assignment);
}

/** Writes down what happened. What an older try or another state refuses has been settled by somebody else. */
function report(deps: WorkDeps, order: ActOrder, event: WitnessEvent): boolean {
  const { assignment: { bead, attempt }, config, log } = order;
  const result = advance(deps.town.ledger, {
    actor: `witness/${attempt.rig}`,
    key: bead.key,
    n: attempt.n,
    event: { ...event, at: deps.ports.clock.now() },
    limits: attemptLimits(config),
  });
  if (result.kind === "illegal") log(`${bead.id} moved on meanwhile: it is ${result.state}`);
  return result.kind === "moved";
}

type WitnessEvent =
  | { kind: "verified" }
  | { kind: "verificationFailed"; reason: string }
  | { kind: "sessionLost"; reason: string }
  | { kind: "helpAsked"; question: string }
  | { kind: "answered" }
  | { kind: "handedOff" };
