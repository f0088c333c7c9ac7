import type { Bead, View } from "../ledger/ledger.ts";
import { type Attempt, workerName } from "./attempt.ts";
import { attemptOf, liveAttemptOf } from "./attempt_store.ts";

/** One bead on a hook, as `gt hook --json` gives it. */
export interface HookRow {
  bead: string;
  title: string;
  status: string;
  /** Who has it: a worker, a rig where it waits for one, or a person. */
  holder: string;
  attempt?: number;
  state?: string;
  rig?: string;
  branch?: string;
  question?: string;
  /** The command that comes next for whoever asked. */
  next?: string;
}

/** All that is on a hook in the town. */
export function hookRows(view: View): HookRow[] {
  return view.beads("status IN ('hooked', 'in_progress') ORDER BY priority, created")
    .filter((bead) => bead.status === "hooked" || liveAttemptOf(bead))
    .map((bead) => ({ ...rowOf(bead), ...next(forTown(liveAttemptOf(bead), bead)) }));
}

/** What somebody without a worker has taken on, the most urgent first; a step belongs to its bead, and is no work of its own. */
export function takenOnBy(view: View, name: string): Bead[] {
  return view.beads(
    "status IN ('hooked', 'in_progress') AND assignee = ? AND issue_type <> 'step' ORDER BY priority, created",
    name,
  );
}

/** What members of the crew, by their names, have taken on. */
export function takenOnByCrew(view: View, crew: readonly string[]): Bead[] {
  return crew.flatMap((name) => takenOnBy(view, `crew/${name}`));
}

/** The command that takes from its holder what he has taken on. */
export function putDownCommand(bead: Bead): string {
  const isOnHook = bead.status === "hooked" || liveAttemptOf(bead) !== undefined;
  return isOnHook ? `gt unsling ${bead.id}` : `bd update ${bead.id} --status open --assignee ""`;
}

/** What the caller has to do: the bead of its session, or everything assigned to its name. */
export function ownHook(
  view: View,
  options: { actor: string; bead: string | undefined; n: number },
): HookRow[] {
  if (options.bead === undefined) {
    return takenOnBy(view, options.actor).map((bead) => ({ ...rowOf(bead), ...next(`bd show ${bead.id}`) }));
  }
  const bead = view.beadById(options.bead);
  const attempt = bead && attemptOf(bead);
  if (!bead || !attempt || attempt.n !== options.n || !liveAttemptOf(bead)) return [];
  return [{ ...rowOf(bead), ...next(forWorker(attempt)) }];
}

function rowOf(bead: Bead): HookRow {
  const attempt = liveAttemptOf(bead);
  const { id, title, status } = bead;
  if (!attempt) return { bead: id, title, status, holder: bead.assignee ?? "nobody" };
  return {
    bead: id,
    title,
    status,
    holder: attempt.worker === undefined ? attempt.rig : workerName(attempt.worker),
    attempt: attempt.n,
    state: attempt.state,
    rig: attempt.rig,
    branch: attempt.branch,
    ...(attempt.question ? { question: attempt.question } : {}),
  };
}

function next(command: string | undefined): { next?: string } {
  return command === undefined ? {} : { next: command };
}

function forWorker(attempt: Attempt): string | undefined {
  switch (attempt.state) {
    case "preparing":
    case "starting":
    case "working":
      return "do the work, commit it, then: gt done";
    case "waiting":
      return "wait for the answer";
    case "submitted":
    case "queued":
    case "merging":
      return "nothing: it is submitted";
    default:
      return undefined;
  }
}

function forTown(attempt: Attempt | undefined, bead: Bead): string | undefined {
  if (attempt?.state === "waiting") return `gt answer ${bead.id} "…"`;
  if (attempt?.state === "escalated") return `gt sling ${bead.id} ${attempt.rig}`;
  return undefined;
}
