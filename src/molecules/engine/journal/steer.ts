import { CommandError } from "../../../lib/errors.ts";
import type { Ledger } from "../../../ledger/ledger.ts";
import type { LoggedEvent, OpenRun } from "./run_log.ts";
import { refuseElsewhere } from "./elsewhere.ts";
import { changeRun } from "./run_store.ts";
import { hasEnded } from "../../machine/run.ts";
import { runName } from "./step_at.ts";

/** What somebody may do to a run from outside, whoever drives it. */
export type SteeringEvent = LoggedEvent & { kind: "paused" | "resumed" | "cancelled" | "retried" };

const VERBS: Readonly<Record<SteeringEvent["kind"], string>> = {
  paused: "pause",
  resumed: "resume",
  cancelled: "cancel",
  retried: "retry",
};

/**
 * Pauses, resumes, cancels or retries a run: one write, which its driver sees.
 *
 * `hasMoved` is false when it had happened already. With `accept`, which throws what stands in the way of the run going
 * on from there, nothing is written then.
 *
 * @throws {CommandError} `run_refuses` when it may not happen now, `run_not_found` when it has just been deleted,
 * `run_elsewhere` when its driver is on another machine, unless it is taken from that by `force`.
 */
export function steerRun(
  ledger: Ledger,
  options: {
    open: OpenRun;
    actor: string;
    event: SteeringEvent;
    force?: boolean;
    accept?: (open: OpenRun) => void;
  },
): { open: OpenRun; hasMoved: boolean } {
  const { open, actor, event, force = false, accept } = options;
  const committed = changeRun(ledger, {
    open,
    actor,
    change(change) {
      const verb = VERBS[event.kind];
      if (change.transaction.beadByKey(open.key)!.deleted) throw deleted(open, verb);
      if (!force) refuseElsewhere(change.open(), { verb, replica: ledger.replica });
      const outcome = change.push(event);
      if (outcome.kind !== "illegal") accept?.(change.open());
      return outcome;
    },
  });
  // Without a term nobody is fenced off.
  const { result } = committed as typeof committed & { kind: "done" };
  if (result.kind !== "illegal") return { open: committed.open, hasMoved: result.kind === "moved" };
  const name = runName(open.key);
  const { run } = committed.open;
  const isLast = event.kind === "cancelled" && run.stage === "finally" && !hasEnded(run);
  throw new CommandError("refused", `Cannot ${VERBS[event.kind]} run "${name}": ${result.why}`, {
    code: "run_refuses",
    hints: [`gt mol status ${name}`, ...(isLast ? [`End that as well: gt mol cancel ${name} --force`] : [])],
  });
}

function deleted({ key }: OpenRun, verb: string): CommandError {
  return new CommandError("refused", `Cannot ${verb} run "${runName(key)}": it was deleted`, {
    code: "run_not_found",
    hints: ["gt mol status --all"],
  });
}
