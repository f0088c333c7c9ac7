import { sessionNames } from "../town/session_names.ts";
import { unseenFor } from "../town/mail/mail.ts";
import { activityOf } from "./activity.ts";
import { type DoorbellDeps, mailLine, ringDoorbell } from "./doorbell.ts";

/** When a bell that could not be rung is tried again, in ms. */
const AGAIN = 5_000;

/**
 * Rings the coordinator for urgent mail, such as HELP, once for each message: it is idle most of the time, and has no
 * turn of its own at which it would see it. One that is busy sees it when its turn ends, one that starts in its briefing.
 *
 * Spawns nothing unless there is something to ring for. Returns when to call again, in ms since the epoch.
 */
export async function ringForUrgentMail(deps: DoorbellDeps): Promise<number | undefined> {
  const { ports, town: { ledger } } = deps;
  const session = sessionNames.coordinator;
  const urgent = unseenFor(ledger.view, { address: "coordinator" }).filter((message) => message.urgent);
  const ids = urgent.map(({ id }) => id);
  const rung = ledger.ephemeral.get<{ ids: string[] }>("rung-for", session)?.ids ?? [];
  if (ids.every((id) => rung.includes(id))) return undefined;
  if (activityOf(ledger, session)?.busy !== false) return ports.clock.now() + AGAIN;
  const { kind } = await ringDoorbell(deps, { session, text: mailLine });
  if (kind === "queued") return ports.clock.now() + AGAIN;
  ledger.ephemeral.put("rung-for", session, { ids });
  return undefined;
}
