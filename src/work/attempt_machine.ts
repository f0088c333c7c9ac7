/**
 * The attempt machine: which event may happen in which state, and what follows.
 *
 * Pure: no clock, no ids, no input or output. The driver commits the new state and its effects in one write.
 *
 * @module
 */
import {
  type Attempt,
  type AttemptEffect,
  type AttemptEvent,
  type AttemptLimits,
  type AttemptState,
  type DueAct,
  type Failure,
  workerName,
} from "./attempt.ts";

type EventKind = AttemptEvent["kind"];

/** In which states each event may happen. Anything else is refused and changes nothing. */
export const LEGAL: { readonly [kind in EventKind]: readonly AttemptState[] } = {
  granted: ["hooked"],
  worktreePrepared: ["preparing"],
  preparationFailed: ["preparing"],
  sessionSpawned: ["preparing"],
  agentReady: ["preparing", "starting", "working", "waiting"],
  helpAsked: ["starting", "working", "waiting"],
  answered: ["waiting"],
  handedOff: ["starting", "working", "waiting"],
  sessionLost: ["starting", "working", "waiting"],
  workerFailed: ["starting", "working", "waiting"],
  submitted: ["starting", "working", "waiting"],
  verified: ["submitted"],
  verificationFailed: ["submitted"],
  mergeStarted: ["queued"],
  mergeTested: ["merging"],
  mergeAborted: ["merging"],
  pushRejected: ["merging"],
  merged: ["queued", "merging"],
  mergeFailed: ["merging"],
  closedWithoutCode: ["hooked", "preparing", "starting", "working", "waiting", "escalated"],
  released: ["hooked", "preparing", "starting", "working", "waiting", "submitted", "queued", "escalated"],
  retried: ["waiting", "submitted", "queued", "escalated", "working", "starting"],
};

/** What a transition came to. */
export type Transition =
  | { kind: "moved"; attempt: Attempt; effects: readonly AttemptEffect[] }
  /** The event had happened already; nothing changes. */
  | { kind: "same" }
  | { kind: "illegal"; state: AttemptState };

/** What the machine has to know of the bead itself. */
export interface TransitionRules {
  bead: string;
  title: string;
  limits: AttemptLimits;
}

/** Applies an event to an attempt. */
export function transition(attempt: Attempt, event: AttemptEvent, rules: TransitionRules): Transition {
  if (isRepetition(attempt, event)) return { kind: "same" };
  if (!LEGAL[event.kind].includes(attempt.state)) return { kind: "illegal", state: attempt.state };
  const [next, effects] = apply(attempt, event, rules);
  const asked = askingMail(attempt);
  const still = next.n === attempt.n ? askingMail(next) : [];
  const settled = asked.filter((step) => !still.includes(step));
  if (settled.length === 0) return { kind: "moved", attempt: next, effects };
  return {
    kind: "moved",
    attempt: next,
    effects: [{ kind: "archiveMail", n: attempt.n, steps: settled }, ...effects],
  };
}

/** The messages that ask somebody to act on the state that an attempt is in, by the steps in their identities. */
export function askingMail(attempt: Pick<Attempt, "state" | "since" | "question">): readonly string[] {
  switch (attempt.state) {
    case "waiting":
      return helpSteps(attempt.since);
    case "escalated":
      return ["escalated", "escalated-overseer"];
    case "queued":
    case "merging":
      return attempt.question === undefined ? [] : ["push-rejected"];
    default:
      return [];
  }
}

/** Each question of a try is a message of its own: to the coordinator, and to the overseer. */
function helpSteps(at: number): readonly [string, string] {
  return [`help-${at}`, `help-${at}-overseer`];
}

/**
 * The first attempt at a bead, as sling writes it, or the next one after one that is over.
 *
 * It carries on the branch of the one before, and why that failed if it was taken off its hook, unless it begins anew.
 */
export function firstAttempt(options: {
  bead: string;
  rig: string;
  agent: string;
  target: string;
  at: number;
  by: string;
  /** The last attempt at this bead, when it had any. */
  after?: Attempt;
  worker?: number;
  molecule?: string;
  fresh?: boolean;
}): Attempt {
  const { after } = options;
  return {
    n: (after?.n ?? 0) + 1,
    state: "hooked",
    since: options.at,
    rig: options.rig,
    agent: options.agent,
    branch: branchFor(options),
    target: options.target,
    slungAt: options.at,
    slungBy: options.by,
    ...(options.molecule === undefined ? {} : { molecule: options.molecule }),
    ...(options.fresh ? { fresh: true } : {}),
    ...(options.worker === undefined ? {} : { worker: options.worker }),
    restarts: 0,
    tries: 0,
    notBefore: 0,
    ...(after?.state === "released" && !options.fresh ? failureOf(after) : {}),
    past: after ? [...after.past, { n: after.n, outcome: after.state, at: after.since }] : [],
  };
}

/** The branch of a bead's next attempt: that of the last one, whose commits it has, also after a rename. */
export function branchFor({ bead, after }: { bead: string; after?: Attempt | undefined }): string {
  return after?.branch ?? `gt/${bead}`;
}

/** An attempt that begins with its submission: the work of a person's own. */
export function handedIn(options: {
  bead: string;
  rig: string;
  target: string;
  crew: string;
  commit: string;
  at: number;
  after?: Attempt;
}): { attempt: Attempt; effects: readonly AttemptEffect[] } {
  const { crew, commit, at, bead } = options;
  const name = `crew/${crew}`;
  const first = { ...firstAttempt({ ...options, agent: name, by: name }), crew };
  // What went wrong before is mended, or the person would not have handed it in.
  const begun = without(without(first, "failure"), "failed");
  const [attempt, effects] = submitted(begun, { commit, at, bead });
  return { attempt, effects: [...effects, { kind: "setBead", fields: { assignee: name } }] };
}

/** Who has to act next. */
export function dueAct(attempt: Attempt): DueAct {
  switch (attempt.state) {
    case "hooked":
      return { by: "steward", act: "grant" };
    case "preparing":
      return { by: "steward", act: "prepare" };
    case "starting":
      return { by: "agent", act: "report" };
    case "working":
      return { by: "agent", act: "work" };
    case "waiting":
      return { by: "person", act: "answer" };
    case "submitted":
      return { by: "witness", act: "verify" };
    case "queued":
      return { by: "refinery", act: "merge" };
    case "merging":
      return { by: "refinery", act: "finish-merge" };
    case "escalated":
      return { by: "person", act: "decide" };
    case "merged":
    case "no-code":
    case "released":
      return { by: "nobody", act: "none" };
  }
}

/** Events that come again after a crash, or from a second reporter, and then change nothing. */
function isRepetition(attempt: Attempt, event: AttemptEvent): boolean {
  switch (event.kind) {
    case "agentReady":
      return attempt.state === "working";
    case "worktreePrepared":
      return attempt.state === "preparing" && attempt.baseCommit === event.baseCommit && attempt.tries === 0;
    case "sessionSpawned":
      return attempt.state === "starting" || attempt.state === "working";
    case "helpAsked":
      return attempt.state === "waiting" && attempt.question === event.question;
    case "submitted":
      return (attempt.state === "submitted" || attempt.state === "queued" || attempt.state === "merging") &&
        attempt.commit === event.commit;
    case "mergeTested":
      return attempt.state === "merging" && attempt.merge?.tip === event.tip;
    case "merged":
      return attempt.state === "merged" && attempt.landed === event.landed;
    case "closedWithoutCode":
      return attempt.state === "no-code";
    case "released":
      return attempt.state === "released";
    default:
      return false;
  }
}

type Next = readonly [Attempt, readonly AttemptEffect[]];

function apply(attempt: Attempt, event: AttemptEvent, rules: TransitionRules): Next {
  const { bead } = rules;
  const witness = `witness/${attempt.rig}`;
  const refinery = `refinery/${attempt.rig}`;
  switch (event.kind) {
    case "granted":
      return [
        moved(attempt, "preparing", event.at, { worker: event.worker, tries: 0, notBefore: 0 }),
        [{ kind: "setBead", fields: { assignee: workerName(event.worker) } }],
      ];
    case "worktreePrepared":
      return [{ ...without(attempt, "fresh"), baseCommit: event.baseCommit, tries: 0 }, []];
    case "preparationFailed":
      return prepareAgain(attempt, event, rules);
    case "sessionSpawned":
      return [moved(attempt, "starting", event.at, {}), []];
    case "agentReady":
    case "answered":
      return [
        without(moved(attempt, "working", event.at, { tries: 0 }), "question"),
        [{ kind: "setBead", fields: { status: "in_progress" } }],
      ];
    case "helpAsked":
      return helpAsked(attempt, event, rules);
    case "handedOff":
      return [without(moved(attempt, "preparing", event.at, { tries: 0, notBefore: 0 }), "question"), []];
    case "sessionLost":
      return sessionLost(attempt, event, rules);
    case "workerFailed":
      return tryAgain(attempt, { kind: "worker", summary: event.reason }, { at: event.at, rules });
    case "submitted":
      return submitted(attempt, { ...event, bead });
    case "verified":
      return [moved(attempt, "queued", event.at, { tries: 0 }), [
        mail("ready", refinery, `MERGE_READY ${bead}`, `Branch ${attempt.branch} at ${attempt.commit}.`),
      ]];
    case "verificationFailed":
      return tryAgain(attempt, { kind: "verify", summary: event.reason }, { at: event.at, rules });
    case "mergeStarted":
      return [without(moved(attempt, "merging", event.at, {}), "merge"), []];
    case "mergeTested":
      return [{ ...attempt, merge: { tip: event.tip, onto: event.onto } }, []];
    case "mergeAborted":
      return [without(moved(attempt, "queued", event.at, {}), "merge"), []];
    case "pushRejected":
      return pushRejected(attempt, event, rules);
    case "merged":
      return merged(attempt, event, rules);
    case "mergeFailed":
      return tryAgain(attempt, event.failure, { at: event.at, rules });
    case "closedWithoutCode":
      return [moved(attempt, "no-code", event.at, {}), [
        { kind: "setBead", fields: { status: "closed", close_reason: `No code: ${event.why}` } },
        mail("done", witness, `WORKER_DONE ${bead}`, `Closed without code by ${event.by}: ${event.why}`),
      ]];
    case "released":
      return [moved(attempt, "released", event.at, {}), [
        { kind: "setBead", fields: { status: "open", assignee: null } },
      ]];
    case "retried":
      if (attempt.crew !== undefined) return handBack(attempt, failureOf(attempt), { at: event.at, rules });
      return nextAttempt(attempt, failureOf(attempt), { at: event.at, fresh: event.fresh === true });
  }
}

function submitted(attempt: Attempt, event: { commit: string; at: number; bead: string }): Next {
  const { commit, at, bead } = event;
  return [without(moved(attempt, "submitted", at, { commit, tries: 0 }), "question"), [
    { kind: "setBead", fields: { status: "in_progress" } },
    mail("done", `witness/${attempt.rig}`, `WORKER_DONE ${bead}`, `Branch ${attempt.branch} at ${commit}.`),
  ]];
}

function helpAsked(
  attempt: Attempt,
  event: AttemptEvent & { kind: "helpAsked" },
  rules: TransitionRules,
): Next {
  const subject = `HELP ${rules.bead}: ${rules.title}`;
  const [toCoordinator, toOverseer] = helpSteps(event.at);
  return [moved(attempt, "waiting", event.at, { question: event.question }), [
    mail(toCoordinator, "coordinator", subject, event.question, true),
    mail(toOverseer, "overseer", subject, event.question, true),
  ]];
}

function merged(attempt: Attempt, event: AttemptEvent & { kind: "merged" }, { bead }: TransitionRules): Next {
  const reason = `Merged into ${attempt.target} as ${event.landed.slice(0, 12)}`;
  const effects: AttemptEffect[] = [
    { kind: "setBead", fields: { status: "closed", close_reason: reason } },
    mail("merged", `witness/${attempt.rig}`, `MERGED ${bead}`, reason),
  ];
  if (attempt.slungBy !== "overseer") {
    effects.push(mail("merged-owner", attempt.slungBy, `MERGED ${bead}`, reason));
  }
  return [moved(attempt, "merged", event.at, { landed: event.landed }), effects];
}

/** A lost session is replaced in the same worktree, with growing pauses; when that is used up, by a new attempt. */
function sessionLost(
  attempt: Attempt,
  event: AttemptEvent & { kind: "sessionLost" },
  rules: TransitionRules,
): Next {
  const restarts = attempt.restarts + 1;
  if (restarts > rules.limits.restarts) {
    const summary = `The session ended ${restarts} times, last: ${event.reason}`;
    return tryAgain(attempt, { kind: "session", summary }, { at: event.at, rules });
  }
  const notBefore = event.at + (restarts === 1 ? 0 : backoff(rules.limits, restarts - 1));
  return [without(moved(attempt, "preparing", event.at, { restarts, notBefore }), "question"), []];
}

function prepareAgain(
  attempt: Attempt,
  event: AttemptEvent & { kind: "preparationFailed" },
  rules: TransitionRules,
): Next {
  const tries = attempt.tries + 1;
  const failure: Failure = {
    kind: "preparation",
    summary: event.reason,
    ...(event.detail === undefined ? {} : { detail: event.detail }),
  };
  if (tries >= rules.limits.attempts) {
    return escalate({ ...attempt, tries }, failure, { at: event.at, rules });
  }
  return [{ ...attempt, tries, notBefore: event.at + backoff(rules.limits, tries) }, []];
}

/** The remote said no to the push itself: nothing is wrong with the work, so it stays in the queue and a person is told. */
function pushRejected(
  attempt: Attempt,
  event: AttemptEvent & { kind: "pushRejected" },
  rules: TransitionRules,
): Next {
  const tries = attempt.tries + 1;
  const notBefore = event.at + backoff(rules.limits, tries);
  const next = without(
    moved(attempt, "queued", event.at, { tries, notBefore, question: event.reason }),
    "merge",
  );
  if (tries !== 1) return [next, []];
  const subject = `MERGE_BLOCKED ${rules.bead}: it cannot be put on ${attempt.target}`;
  return [next, [mail("push-rejected", "overseer", subject, event.reason, true)]];
}

function tryAgain(attempt: Attempt, failure: Failure, options: { at: number; rules: TransitionRules }): Next {
  const { at, rules } = options;
  const failed = { failure, failed: attempt.n };
  if (attempt.crew !== undefined) return handBack(attempt, failed, options);
  if (attempt.n >= rules.limits.attempts) return escalate(attempt, failure, options);
  const [next, effects] = nextAttempt(attempt, failed, { at, fresh: false });
  const isRework = failure.kind === "checks" || failure.kind === "conflict" || failure.kind === "rejected" ||
    failure.kind === "verify";
  const body = failureText(failure);
  const to = attempt.worker === undefined ? attempt.slungBy : workerName(attempt.worker);
  return [next, [
    ...effects,
    ...(isRework ? [mail("failed", to, `MERGE_FAILED ${rules.bead}: REWORK_REQUEST`, body)] : []),
  ]];
}

/** What a person did by hand goes back on that person's hook: nobody else continues it. */
function handBack(
  attempt: Attempt,
  failed: Failed,
  options: { at: number; rules: TransitionRules },
): Next {
  const { at, rules } = options;
  const { failure } = failed;
  const name = `crew/${attempt.crew}`;
  const subject = `MERGE_FAILED ${rules.bead}: REWORK_REQUEST`;
  const again = `Mend it in your worktree and commit, then: gt done ${rules.bead}`;
  return [moved(attempt, "released", at, failed), [
    { kind: "setBead", fields: { status: "hooked", assignee: name } },
    mail("handed-back", name, subject, `${failure ? `${failureText(failure)}\n\n` : ""}${again}`),
  ]];
}

/** Why an attempt failed, and which one it was. */
type Failed = Pick<Attempt, "failure" | "failed">;

function failureOf({ failure, failed }: Attempt): Failed {
  return { ...(failure ? { failure } : {}), ...(failed === undefined ? {} : { failed }) };
}

function failureText({ summary, files, detail }: Failure): string {
  return [summary, ...(files ?? []), detail ?? ""].join("\n").trim();
}

function nextAttempt(
  attempt: Attempt,
  failed: Failed,
  options: { at: number; fresh: boolean },
): Next {
  const { failure } = failed;
  const outcome = failure ? `${failure.kind}: ${failure.summary}` : "retried";
  const next: Attempt = {
    n: attempt.n + 1,
    state: "hooked",
    since: options.at,
    rig: attempt.rig,
    agent: attempt.agent,
    branch: attempt.branch,
    target: attempt.target,
    slungAt: attempt.slungAt,
    slungBy: attempt.slungBy,
    ...(attempt.molecule === undefined ? {} : { molecule: attempt.molecule }),
    ...(attempt.worker === undefined ? {} : { worker: attempt.worker }),
    ...(attempt.baseCommit === undefined ? {} : { baseCommit: attempt.baseCommit }),
    ...(options.fresh ? { fresh: true } : {}),
    restarts: 0,
    tries: 0,
    notBefore: 0,
    ...(options.fresh ? {} : failed),
    past: [...attempt.past, { n: attempt.n, outcome, at: options.at }],
  };
  return [next, [{ kind: "setBead", fields: { status: "hooked" } }]];
}

function escalate(attempt: Attempt, failure: Failure, options: { at: number; rules: TransitionRules }): Next {
  const { bead, title } = options.rules;
  const question =
    `${failure.summary}. Decide: gt sling ${bead} ${attempt.rig} to try again, or gt unsling ${bead}`;
  const body = [question, failure.detail ?? ""].join("\n\n").trim();
  return [moved(attempt, "escalated", options.at, { failure, failed: attempt.n, question }), [
    mail("escalated", "coordinator", `HELP ${bead}: ${title}`, body, true),
    mail("escalated-overseer", "overseer", `HELP ${bead}: ${title}`, body, true),
  ]];
}

function moved(attempt: Attempt, state: AttemptState, at: number, change: Partial<Attempt>): Attempt {
  return { ...attempt, ...change, state, since: at };
}

function without(attempt: Attempt, key: "fresh" | "merge" | "question" | "failure" | "failed"): Attempt {
  const { [key]: _gone, ...rest } = attempt;
  return rest;
}

function mail(step: string, to: string, subject: string, body: string, urgent = false): AttemptEffect {
  return { kind: "sendMail", step, to, subject, body, ...(urgent ? { urgent } : {}) };
}

/** The pause before try number `failures + 1`, in ms: doubling, up to a hundred times the first. */
function backoff(limits: AttemptLimits, failures: number): number {
  return limits.backoffMs * Math.min(100, 2 ** (failures - 1));
}
