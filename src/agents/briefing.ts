import type { View } from "../ledger/ledger.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ports } from "../ports/ports.ts";
import { present } from "../lib/present.ts";
import { archiveIn, markDeliveredIn } from "../town/mail/mail.ts";
import type { Town } from "../town/town.ts";
import { advance, assignmentOf } from "../work/attempt_store.ts";
import { defaultLimits } from "../work/limits.ts";
import { noteActivity } from "./activity.ts";
import type { Caller } from "./caller.ts";
import { noteConversation } from "./conversations.ts";
import type { HookInput } from "./hook_input.ts";
import { primeText, unreadableText } from "./prime.ts";
import { roleText } from "./roles.ts";
import { type PrimeCaller, type PrimeSituation, readSituation } from "./situation.ts";

/** What briefing needs. */
export interface BriefingDeps {
  ports: Ports;
  town: Town;
  caller: Caller;
}

/** A briefing, and what it was made from; no situation where the ledger cannot be read. */
export interface Briefing {
  text: string;
  situation?: PrimeSituation;
}

/**
 * Says that the agent of this session is there: the sign that its attempt waits for.
 *
 * Only an attempt that waits for its agent moves; one that waits for a person goes on waiting.
 */
export function reportReady({ ports, town, caller }: BriefingDeps): void {
  if (caller.role !== "worker" || caller.bead === undefined || caller.n === undefined) return;
  const found = assignmentOf(town.ledger.view, { bead: caller.bead, n: caller.n });
  const state = found?.attempt.state;
  if (!found || (state !== "preparing" && state !== "starting")) return;
  advance(town.ledger, {
    actor: caller.actor,
    key: found.bead.key,
    n: caller.n,
    event: { kind: "agentReady", at: ports.clock.now() },
    limits: defaultLimits,
  });
  faultPoint("prime.after-ready");
}

/** Records that an agent's session begins, or goes on after a compaction. */
export function noteStart({ ports, town, caller }: BriefingDeps, input: HookInput): void {
  if (caller.session === undefined) return;
  noteConversation(town.ledger, { caller, input, at: ports.clock.now() });
  const isContinued = input.source === "compact";
  noteActivity(town.ledger, {
    session: caller.session,
    sign: {
      at: ports.clock.now(),
      event: "start",
      // A worker begins by itself; typing into one that starts would be typing into whatever shows meanwhile.
      busy: isContinued || caller.role === "worker",
      ...present({ sessionId: input.sessionId, transcript: input.transcript }),
    },
  });
}

/**
 * Briefs the agent of this session: prints, and in the same write says which mail and which note it was shown.
 *
 * `print` gets the text while the ledger is locked, so that no message is shown twice and none is lost: a process
 * that dies before it is done has told its agent nothing, and has marked nothing.
 */
export function brief(
  deps: BriefingDeps,
  options: { input: HookInput; print: (briefing: Briefing) => void },
): Briefing {
  const { ports, town, caller } = deps;
  const { input, print } = options;
  const asking: PrimeCaller = {
    role: caller.role,
    name: caller.actor,
    ...present({ rig: caller.rig, bead: caller.bead, n: caller.n, byHand: caller.byHand }),
    session: input.sessionId ?? caller.session ?? caller.actor,
    form: input.source === "compact" || input.source === "resume" ? "short" : "full",
    roleText: caller.role === "overseer"
      ? ""
      : roleText(ports, { role: caller.role, paths: town.paths, rig: caller.rig }),
  };
  const read = (view: View): Briefing => {
    const situation = readSituation(view, asking);
    return { text: primeText(situation), situation };
  };
  const first = read(town.ledger.view);
  const { note, mail } = first.situation!;
  if (note === undefined && mail.length === 0) {
    print(first);
    return first;
  }
  return town.ledger.write(caller.actor, (transaction) => {
    const briefing = read(transaction);
    print(briefing);
    const { situation } = briefing;
    if (situation?.hook.kind === "over") return briefing;
    markDeliveredIn(transaction, { messages: (situation?.mail ?? []).slice(0, 5), session: asking.session });
    if (situation?.note) {
      markDeliveredIn(transaction, { messages: [situation.note], session: asking.session });
      archiveIn(transaction, situation.note.key);
    }
    return briefing;
  });
}

/** The briefing for a ledger that cannot be read. */
export function unreadableBriefing(error: unknown): Briefing {
  return { text: unreadableText(error instanceof Error ? error.message : String(error)) };
}
