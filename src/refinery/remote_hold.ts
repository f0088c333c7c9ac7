import type { Json } from "../lib/json.ts";
import { writeMessage } from "../town/mail/messages.ts";
import type { WorkDeps } from "../work/sling.ts";

/** What is known about something that does not answer. Times are ms since the epoch. */
export interface Hold {
  since: number;
  failures: number;
  until: number;
  reason: string;
  /** Whether a person has been told. */
  told: boolean;
}

/** The first pause and the longest, in ms. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** After so long without an answer a person is told, in ms. */
const TELL_AFTER = 30_000;

/** The hold on a rig's remote, or undefined when it answered the last time. */
export function readHold({ town }: WorkDeps, rig: string): Hold | undefined {
  return town.ledger.ephemeral.get<Json>("hold", rig) as unknown as Hold | undefined;
}

/** Notes that a rig's remote did not answer, with growing pauses; tells the Overseer once when it lasts. */
export function holdRemote(deps: WorkDeps, options: { rig: string; reason: string; actor: string }): Hold {
  const { ports, town } = deps;
  const { rig, reason, actor } = options;
  const now = ports.clock.now();
  const before = readHold(deps, rig);
  const failures = (before?.failures ?? 0) + 1;
  const since = before?.since ?? now;
  const lasts = now - since >= TELL_AFTER;
  const hold: Hold = {
    since,
    failures,
    until: now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(10, failures - 1)),
    reason,
    told: before?.told === true || lasts,
  };
  town.ledger.ephemeral.put("hold", rig, hold as unknown as Json);
  if (lasts && before?.told !== true) tell(deps, { rig, actor, hold });
  return hold;
}

/** Notes that a rig's remote answers, or that it is to be asked again at once. */
export function clearHold(deps: WorkDeps, rig: string): void {
  if (readHold(deps, rig)) deps.town.ledger.ephemeral.remove("hold", rig);
}

function tell({ town }: WorkDeps, options: { rig: string; actor: string; hold: Hold }): void {
  const { rig, actor, hold } = options;
  town.ledger.write(actor, (transaction) =>
    writeMessage(transaction, {
      identity: `${rig}.unreachable.${hold.since}`,
      from: actor,
      to: "overseer",
      subject: `REMOTE_UNREACHABLE ${rig}`,
      body: `Nothing of rig ${rig} can be verified or merged: ${hold.reason}. It is tried again by itself.`,
      urgent: true,
    }));
}
