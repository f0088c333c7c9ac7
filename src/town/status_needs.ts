import type { Limit } from "../agents/limits.ts";
import type { View } from "../ledger/ledger.ts";
import type { troubledRuns } from "../molecules/engine/driver/run_trouble.ts";
import { listGates } from "../molecules/engine/gates/gate_decision.ts";
import { gateOf } from "../molecules/engine/gates/gate_standing.ts";
import { localTime } from "../ports/time.ts";
import { isHeldByPause, type Pause, pauseText } from "../refinery/pause.ts";
import type { Assignment } from "../work/attempt_store.ts";
import { type Need, needOf, takenBackNeed } from "./attempt_need.ts";
import { budgetCommand, type BudgetState, budgetText } from "./costs/budgets.ts";
import type { Desired } from "./desired.ts";
import { inbox } from "./mail/mail.ts";
import type { ProgramStatus } from "./programs.ts";

/** What needs a person, the most pressing first. */
export function needs(
  view: View,
  options: {
    assignments: readonly Assignment[];
    programs: readonly ProgramStatus[];
    desired: Desired;
    budgets: readonly BudgetState[];
    limits: readonly { agent: string; limit: Limit }[];
    /** The queues that somebody holds, by rig. */
    pauses: ReadonlyMap<string, Pause>;
    /** The runs that the steward cannot drive. */
    troubled: ReturnType<typeof troubledRuns>;
  },
): Need[] {
  return [
    ...stoppedPrograms(options),
    ...options.assignments.flatMap(needOf).sort((a, b) => (a.since ?? 0) - (b.since ?? 0)),
    ...options.troubled.map(({ bead, trouble: { text, since } }): Need => (
      { kind: "run", subject: bead.id, text, command: `gt mol status ${bead.id}`, since }
    )),
    ...unslungSteps(view),
    ...waitingGates(view),
    ...heldQueues(options),
    ...options.budgets.flatMap(budgetNeed),
    ...options.limits.map(limitNeed),
    ...conflicts(view),
    ...unreadMail(view),
  ];
}

/** The steps of workflows that somebody has taken off their hook. */
function unslungSteps(view: View): Need[] {
  const runs = "SELECT key FROM beads WHERE issue_type = 'molecule' AND status = 'in_progress'";
  return view.beads(`status = 'open' AND parent IN (${runs}) ORDER BY created, id`).flatMap(takenBackNeed);
}

/** The gates of workflows that the Overseer may decide. */
function waitingGates(view: View): Need[] {
  return listGates(view, { all: false }).flatMap((bead): Need[] => {
    const { approvers = [] } = gateOf(bead) ?? {};
    if (approvers.length > 0 && !approvers.includes("overseer")) return [];
    const text = (bead.description || bead.title).split("\n")[0]!;
    const since = Date.parse(bead.created_at);
    return [{ kind: "gate", subject: bead.id, text, command: `gt gate approve ${bead.id}`, since }];
  });
}

/** The queues that somebody holds while something waits in them. */
function heldQueues(
  { assignments, pauses }: { assignments: readonly Assignment[]; pauses: ReadonlyMap<string, Pause> },
): Need[] {
  return [...pauses].flatMap(([rig, pause]): Need[] => {
    const waiting = assignments.filter(({ attempt }) => attempt.rig === rig && isHeldByPause(attempt)).length;
    if (waiting === 0) return [];
    const beads = waiting === 1 ? "1 bead waits" : `${waiting} beads wait`;
    const text = `${beads}, as its merge queue is ${pauseText(pause)}`;
    const since = pause.at > 0 ? { since: pause.at } : {};
    return [{ kind: "queue", subject: rig, text, command: `gt mq resume ${rig}`, ...since }];
  });
}

/** A budget that holds work back; one that only warns is told by mail. */
function budgetNeed(state: BudgetState): Need[] {
  if (state.level !== "soft" && state.level !== "hard") return [];
  const effect = state.level === "hard" ? "its workers are stopped" : "nothing new is begun";
  const text = `${budgetText(state)}: ${effect}`;
  return [{ kind: "budget", subject: state.id, text, command: budgetCommand(state) }];
}

function limitNeed({ agent, limit }: { agent: string; limit: Limit }): Need {
  return {
    kind: "limit",
    subject: agent,
    text: `it may go on at ${localTime(limit.until)}; its service said: ${limit.reason}`,
    command: "gt wake",
    since: limit.at,
  };
}

function stoppedPrograms(
  { programs, desired }: { programs: readonly ProgramStatus[]; desired: Desired },
): Need[] {
  if (desired === "down") return [];
  const [steward] = programs;
  if (steward?.state === "gone") {
    const text = "the steward does not run: nothing is dispatched";
    return [{ kind: "program", subject: "steward", text, command: "gt start" }];
  }
  return programs.filter(({ failures }) => failures > 2).map((program): Need => ({
    kind: "program",
    subject: program.name,
    text: program.state === "gone" ? "it keeps ending" : "it fails again and again",
    command: program.state === "gone" ? "gt doctor" : `gt attach ${program.name}`,
  }));
}

function conflicts(view: View): Need[] {
  return view.conflicts().slice(0, 5).map((conflict): Need => ({
    kind: "conflict",
    subject: conflict.id,
    text: `${conflict.register} was changed in two places at once`,
    command: `bd conflicts ${conflict.id}`,
  }));
}

function unreadMail(view: View): Need[] {
  const count = inbox(view, { address: "overseer", unread: true }).length;
  if (count === 0) return [];
  const text = count === 1 ? "1 message for you" : `${count} messages for you`;
  return [{ kind: "mail", subject: "overseer", text, command: "gt mail inbox overseer" }];
}
