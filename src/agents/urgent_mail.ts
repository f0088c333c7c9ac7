import { sessionNames } from "../town/session_names.ts";
import { activityOf } from "./activity.ts";
import { type DoorbellDeps, mailLine, ringDoorbell } from "./doorbell.ts";
import { unrungMail } from "./mail_rings.ts";
import { terminalOf } from "./terminal_agent.ts";

/** When a bell that could not be rung is tried again, in ms; where only the screen says when, looking costs more. */
const AGAIN = 5_000;
const LOOK_AGAIN = 15_000;

/**
 * Rings the coordinator for urgent mail, such as HELP, once for each message: it is idle most of the time, and has no
 * turn of its own at which it would see it. One that is busy sees it when its turn ends, one that starts in its briefing.
 * A coordinator without hooks is rung for any mail.
 *
 * Spawns nothing unless there is something to ring for. Returns when to call again, in ms since the epoch.
 */
export async function ringForUrgentMail(deps: DoorbellDeps): Promise<number | undefined> {
  const { ports, town: { ledger } } = deps;
  const session = sessionNames.coordinator;
  const isSilent = terminalOf(ledger, session)?.idleBy === "screen";
  const ids = unrungMail(ledger, { session, address: "coordinator", urgentOnly: !isSilent });
  if (ids.length === 0) return undefined;
  const again = ports.clock.now() + (isSilent ? LOOK_AGAIN : AGAIN);
  if (!isSilent && activityOf(ledger, session)?.busy !== false) return again;
  const { kind } = await ringDoorbell(deps, { session, text: mailLine, mail: ids });
  return kind === "queued" ? again : undefined;
}
