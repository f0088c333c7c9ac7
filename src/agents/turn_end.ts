import type { Bead } from "../ledger/ledger.ts";
import { printable } from "../lib/printable.ts";
import { present } from "../lib/present.ts";
import { finishing } from "../molecules/checklist.ts";
import { markDeliveredIn, unseenFor } from "../town/mail/mail.ts";
import { activityOf, noteActivity } from "./activity.ts";
import { noteConversationEnd, noteTurnEnd } from "./conversations.ts";
import type { HookDeps } from "./hook_call.ts";
import type { HookInput } from "./hook_input.ts";
import { mailPage } from "./mail_text.ts";
import { type OnHook, workOf } from "./situation.ts";

/** What an agent that wants to stop is told to go on with; absent lets it stop. */
export type StopAnswer = { decision: "block"; reason: string };

/**
 * Answers an agent that ends its turn: mail that it has not seen, or open work on its hook, makes it go on.
 *
 * Work is named once per new reason and never to an agent that goes on for that reason already, so this cannot loop;
 * mail is shown once each.
 */
export function answerStop(deps: HookDeps, print: (answer: StopAnswer) => void): void {
  const { ports, town, caller, input } = deps;
  const hook = hookOf(deps);
  const refuse = (reason: string) => print({ decision: "block", reason });
  const session = caller.session;
  const hasMail = wantsMail(hook, caller.role) && deliverMail(deps, { hook, print: refuse });
  const reason = hasMail ? undefined : openWork(hook);
  const known = session === undefined ? undefined : activityOf(town.ledger, session);
  // Another start of the agent has heard none of the reasons.
  const isSame = input.sessionId === undefined || known?.sessionId === input.sessionId;
  const refused = isSame ? known?.refusedStop : undefined;
  const isRefused = reason !== undefined && !input.stopHookActive && session !== undefined &&
    reason !== refused;
  if (session !== undefined) {
    noteActivity(town.ledger, {
      session,
      sign: {
        at: ports.clock.now(),
        event: "stop",
        busy: hasMail || isRefused,
        ...present({ sessionId: input.sessionId, transcript: input.transcript }),
        ...(isRefused ? { refusedStop: reason } : {}),
      },
    });
  }
  noteTurnEnd(town.ledger, input.sessionId);
  if (isRefused) refuse(reason);
}

/** Answers an agent that begins a turn: shows its unseen mail, or tells it that its attempt is over. */
export function answerPrompt(deps: HookDeps, print: (text: string) => void): void {
  const { ports, town, caller, input } = deps;
  if (caller.session !== undefined) {
    noteActivity(town.ledger, {
      session: caller.session,
      sign: {
        at: ports.clock.now(),
        event: "prompt",
        busy: true,
        ...present({ sessionId: input.sessionId, transcript: input.transcript }),
      },
    });
  }
  const hook = hookOf(deps);
  if (hook.kind === "over") {
    print(
      `Stop: attempt ${hook.n} at ${hook.bead} is over (${hook.why}). Do not commit, push, or run gt done.`,
    );
    return;
  }
  if (caller.role !== "overseer") deliverMail(deps, { hook, print });
}

function hookOf({ town, caller }: HookDeps): OnHook {
  if (caller.role !== "worker" || caller.bead === undefined || caller.n === undefined) {
    return { kind: "nothing" };
  }
  return workOf(town.ledger.view, { bead: caller.bead, n: caller.n });
}

/** Whether mail is worth another turn: not for a worker whose work is out of its hands. */
function wantsMail(hook: OnHook, role: HookDeps["caller"]["role"]): boolean {
  if (role !== "worker") return role !== "overseer";
  return isOpen(hook) || (hook.kind === "work" && hook.attempt.state === "waiting");
}

/** Shows a page of unseen mail and says in the same write that it was shown; false when there is none. */
function deliverMail(deps: HookDeps, options: { hook: OnHook; print: (text: string) => void }): boolean {
  const { town: { ledger }, caller, input } = deps;
  const { hook, print } = options;
  const work = caller.role !== "worker" ? undefined : hook.kind === "work" ? hook.bead.key : null;
  const mailbox = { address: caller.actor, ...(work === undefined ? {} : { work }) };
  if (unseenFor(ledger.view, mailbox).length === 0) return false;
  return ledger.write(caller.actor, (transaction) => {
    const page = mailPage(unseenFor(transaction, mailbox));
    if (page.shown.length === 0) return false;
    print(page.text);
    const session = input.sessionId ?? caller.session ?? caller.actor;
    markDeliveredIn(transaction, { messages: page.shown, session });
    return true;
  });
}

function isOpen(hook: OnHook): boolean {
  return hook.kind === "work" && (hook.attempt.state === "working" || hook.attempt.state === "starting");
}

function openWork(hook: OnHook): string | undefined {
  if (hook.kind !== "work" || !isOpen(hook)) return undefined;
  const { bead, attempt, steps } = hook;
  const step = steps[0];
  return [
    `You stopped with open work on your hook: ${bead.id} "${
      printable(bead.title)
    }" (attempt ${attempt.n}). ` +
    "It is neither done nor waiting for anybody, so go on with it now.",
    ...(step
      ? [
        `The current step is ${step.id} "${printable(step.title)}"; ${stepEnd(step)}`,
      ]
      : []),
    step ? "When no step is open any more: gt done" : "When all of it is committed: gt done",
    'If nothing has to change: gt done --no-code "why"',
    'If you cannot go on without a person: gt ask "your question"',
  ].join("\n");
}

function stepEnd(step: Bead): string {
  const { when, command } = finishing(step);
  return `${when[0]!.toLowerCase()}${when.slice(1)}: ${command}`;
}

/** Records that the session of an agent ends. */
export function noteEnd({ ports, town, caller, input }: HookDeps): void {
  if (caller.session === undefined) return;
  noteActivity(town.ledger, {
    session: caller.session,
    sign: { at: ports.clock.now(), event: "end", busy: false, ...present({ sessionId: input.sessionId }) },
  });
  noteConversationEnd(town.ledger, { id: input.sessionId, at: ports.clock.now() });
}

/** A sign of a moment ago is newer than a notification that comes late, in ms. */
const justNow = 5_000;

/** Records what an agent notifies a person of: a decision it needs, or that it waits for input; the rest is no sign. */
export function noteNotification({ ports, town, caller, input }: HookDeps): void {
  const { session } = caller;
  const what = notificationOf(input);
  if (session === undefined || what === "news") return;
  const now = ports.clock.now();
  const known = activityOf(town.ledger, session);
  // An agent is idle since it stopped, and not since it says so; but one that was interrupted has not said that it stops.
  if (what === "idle" && known && (!known.busy || now - known.at < justNow)) return;
  noteActivity(town.ledger, {
    session,
    sign: {
      at: now,
      event: "notification",
      busy: what === "question",
      ...(what === "question" ? { needs: input.message ?? "a decision" } : {}),
      ...present({ sessionId: input.sessionId, transcript: input.transcript }),
    },
  });
}

function notificationOf({ notification, message = "" }: HookInput): "question" | "idle" | "news" {
  if (notification === "idle_prompt" || /waiting for your input/i.test(message)) return "idle";
  return notification === undefined || /permission|dialog|needs/.test(notification) ? "question" : "news";
}
