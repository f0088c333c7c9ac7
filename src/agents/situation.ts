import type { Bead, View } from "../ledger/ledger.ts";
import { present } from "../lib/present.ts";
import { openSteps } from "../molecules/checklist.ts";
import { inbox, type Message, unacknowledged, unseenFor } from "../town/mail/mail.ts";
import type { Attempt } from "../work/attempt.ts";
import { attemptOf, liveAssignments, liveAttemptOf } from "../work/attempt_store.ts";
import { takenOnBy } from "../work/hooks.ts";
import type { AgentRole } from "./settings.ts";

/** What is on the hook of the agent that asks. */
export type OnHook =
  | { kind: "nothing" }
  /** The attempt this session was started for is over. */
  | { kind: "over"; bead: string; n: number; why: string }
  /** `steps` are those that are open, the current one first. */
  | { kind: "work"; bead: Bead; attempt: Attempt; steps: readonly Bead[] }
  /** What a person, or the agent beside one, has taken on. */
  | {
    kind: "own";
    beads: readonly Bead[];
    /** The first of them that is not submitted, and its open steps, the current one first. */
    due?: { bead: Bead; steps: readonly Bead[] };
  };

/** One thing that waits for a person. */
export interface Need {
  bead: string;
  title: string;
  rig: string;
  state: string;
  question: string;
}

/** What the coordinator sees of the town. */
export interface Overview {
  /** Number of live attempts in each state. */
  states: Readonly<Record<string, number>>;
  needs: readonly Need[];
  convoys: readonly { id: string; title: string }[];
}

/** Everything that a briefing is made from. */
export interface PrimeSituation {
  role: AgentRole | "overseer";
  /** `worker-3`, `coordinator`. */
  name: string;
  rig?: string;
  /** Short where the agent knows the rest already: after a compaction, or when it resumes. */
  form: "full" | "short";
  roleText: string;
  hook: OnHook;
  /** What the session before this one left for it. */
  note?: Message;
  /** Mail that was shown to nobody yet. */
  mail: readonly Message[];
  /** Mail that an earlier session was shown and did not acknowledge. */
  earlier: readonly Message[];
  overview?: Overview;
}

/** Who asks. */
export interface PrimeCaller {
  role: AgentRole | "overseer";
  name: string;
  rig?: string;
  /** Id of the bead and number of the attempt that the session was started for. */
  bead?: string;
  n?: number;
  /** The agent's own id of the session. */
  session: string;
  form: "full" | "short";
  roleText: string;
  /** A person in the place of the agent, who is shown no mail and no note of its sessions. */
  byHand?: true;
}

/** Reads what a briefing needs from the ledger. */
export function readSituation(view: View, caller: PrimeCaller): PrimeSituation {
  const { role, name, rig, form, roleText, session } = caller;
  const hook = onHook(view, caller);
  const work = role === "worker" ? workKey(view, hook) : undefined;
  const mailbox = { address: name, ...(work === undefined ? {} : { work }) };
  const isAgent = role !== "overseer" && !caller.byHand;
  const note = isAgent ? handoffNote(view, { ...mailbox, session }) : undefined;
  return {
    ...{ role, name, form, roleText, hook },
    ...present({ rig, note }),
    mail: isAgent ? unseenFor(view, mailbox) : [],
    earlier: isAgent ? unacknowledged(view, { ...mailbox, session }) : [],
    ...(role === "coordinator" || role === "overseer" ? { overview: overviewOf(view) } : {}),
  };
}

/** The key that a worker's mail is about; null when it has no work. */
function workKey(view: View, hook: OnHook): Bead["key"] | null {
  if (hook.kind === "work") return hook.bead.key;
  return hook.kind === "over" ? view.beadById(hook.bead)?.key ?? null : null;
}

function onHook(view: View, caller: PrimeCaller): OnHook {
  if (caller.role !== "worker") {
    if (caller.role === "overseer") return { kind: "nothing" };
    const beads = takenOnBy(view, caller.name);
    if (beads.length === 0) return { kind: "nothing" };
    const bead = beads.find((each) => !liveAttemptOf(each));
    return { kind: "own", beads, ...(bead ? { due: { bead, steps: openSteps(view, bead.key) } } : {}) };
  }
  if (caller.bead === undefined || caller.n === undefined) return { kind: "nothing" };
  return workOf(view, { bead: caller.bead, n: caller.n });
}

/** What stands of the attempt a worker's session was started for. */
export function workOf(view: View, options: { bead: string; n: number }): OnHook {
  const { n } = options;
  const bead = view.beadById(options.bead);
  const attempt = bead && attemptOf(bead);
  if (!bead || !attempt) return { kind: "over", bead: options.bead, n, why: "the bead is gone" };
  const over = (why: string): OnHook => ({ kind: "over", bead: bead.id, n, why });
  if (attempt.n !== n) return over(`the bead is at attempt ${attempt.n} now, which is not yours`);
  if (attempt.state === "merged") return over("it is merged");
  if (attempt.state === "no-code") return over("it was closed without code");
  if (attempt.state === "released") return over("it was taken off your hook");
  if (bead.status !== "hooked" && bead.status !== "in_progress") return over(`the bead is ${bead.status}`);
  return { kind: "work", bead, attempt, steps: openSteps(view, bead.key) };
}

function handoffNote(
  view: View,
  options: { address: string; work?: Bead["key"] | null; session: string },
): Message | undefined {
  return inbox(view, options).findLast((message) =>
    message.kind === "handoff" && message.state === "queued" && message.from === options.address
  );
}

function overviewOf(view: View): Overview {
  const states: Record<string, number> = {};
  const needs: Need[] = [];
  for (const { bead, attempt } of liveAssignments(view)) {
    states[attempt.state] = (states[attempt.state] ?? 0) + 1;
    if (attempt.state !== "waiting" && attempt.state !== "escalated") continue;
    const { rig, state, question = "" } = attempt;
    needs.push({ bead: bead.id, title: bead.title, rig, state, question });
  }
  const convoys = view.beads("issue_type = 'convoy' AND status = 'open' ORDER BY created LIMIT 20");
  return { states, needs, convoys: convoys.map(({ id, title }) => ({ id, title })) };
}
