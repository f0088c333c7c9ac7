import { mailLine, ringDoorbell } from "../agents/doorbell.ts";
import { unrungMail } from "../agents/mail_rings.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { workerName, workerSession } from "../work/attempt.ts";
import type { Assignment } from "../work/attempt_store.ts";
import type { WorkDeps } from "../work/sling.ts";
import type { WorkerView } from "./worker_state.ts";

/** When a bell that could not be rung is tried again, in ms. */
const AGAIN = 5_000;

/**
 * Rings a worker whose agent has no hooks for mail that it has not looked at, once for each message: it has no turn
 * boundary of its own at which mail is brought. One that is busy is rung when its screen says that it is idle.
 *
 * Spawns nothing unless there is something to ring for. Returns `rung`, or when to call again, in ms since the epoch.
 */
export async function ringForMail(
  deps: WorkDeps,
  { assignment, view, sessions }: { assignment: Assignment; view: WorkerView; sessions: Sessions },
): Promise<"rung" | number | undefined> {
  const { ports, town } = deps;
  const { bead, attempt } = assignment;
  if (view.activity?.event !== "screen" || view.isStopped) return undefined;
  if (attempt.state !== "working" && attempt.state !== "waiting") return undefined;
  const session = workerSession(attempt.worker!);
  const mail = unrungMail(town.ledger, { session, address: workerName(attempt.worker!), work: bead.key });
  if (mail.length === 0) return undefined;
  const again = ports.clock.now() + AGAIN;
  const limited = view.limitedUntil !== undefined && view.limitedUntil > view.now;
  if (view.activity.busy || limited) return again;
  const rung = await ringDoorbell({ ...deps, sessions }, { session, text: mailLine, mail });
  return rung.kind === "queued" ? again : "rung";
}
