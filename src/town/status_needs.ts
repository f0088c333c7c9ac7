import type { Limit } from "../agents/limits.ts";
import type { Bead, BeadKey, View } from "../ledger/ledger.ts";
import type { troubledRuns } from "../molecules/engine/driver/run_trouble.ts";
import { listGates } from "../molecules/engine/gates/gate_decision.ts";
import { gateOf } from "../molecules/engine/gates/gate_standing.ts";
import { rootRun, summaryOf } from "../molecules/engine/journal/run_summary.ts";
import { stepOfBead } from "../molecules/engine/journal/step_link.ts";
import { localTime } from "../ports/time.ts";
import { isHeldByPause, type Pause, pauseText } from "../refinery/pause.ts";
import type { Assignment } from "../work/attempt_store.ts";
import { closingCommand, type Need, needOf, takenBackNeed, unslungNeed } from "./attempt_need.ts";
import type { ConvoyState } from "./convoys/convoys.ts";
import { budgetCommand, type BudgetState, budgetText } from "./costs/budgets.ts";
import type { Desired } from "./desired.ts";
import { addressIn } from "./mail/addresses.ts";
import { inbox } from "./mail/mail.ts";
import type { ProgramStatus } from "./programs.ts";

/** What needs a person, the most pressing first. */
export function needs(
  view: View,
  options: {
    assignments: readonly Assignment[];
    programs: readonly ProgramStatus[];
    desired: Desired;
    /** The convoys that are not closed. */
    convoys: readonly ConvoyState[];
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
    ...waitingSteps(view),
    ...unslungOfConvoys(options.convoys),
    ...waitingGates(view),
    ...heldQueues(options),
    ...options.budgets.flatMap(budgetNeed),
    ...options.limits.map(limitNeed),
    ...conflicts(view),
    ...unreadMail(view),
  ];
}

/** The steps of workflows that somebody has taken off their hook, and the items that a person is to do. */
function waitingSteps(view: View): Need[] {
  const runs = "SELECT key FROM beads WHERE issue_type = 'molecule' AND status = 'in_progress'";
  return view.beads(`status = 'open' AND parent IN (${runs}) ORDER BY created, id`)
    .flatMap((bead) => bead.issue_type === "step" ? itemNeed(view, bead) : takenBackNeed(bead));
}

/** What an item needs of a workflow in the background: whoever drives one elsewhere is told there, an agent does its own. */
function itemNeed(view: View, bead: Bead): Need[] {
  const link = stepOfBead(bead);
  const run = link && view.beadByKey(rootRun(view, link.run as BeadKey));
  if (!run || !summaryOf(run)?.background || isAgent(run.created_by)) return [];
  const text = `a workflow waits until it is done: ${bead.title}`;
  const since = Date.parse(bead.created_at);
  return [{ kind: "item", subject: bead.id, text, command: closingCommand(bead), since }];
}

function isAgent(name: string | undefined): boolean {
  const kind = name === undefined ? undefined : addressIn(name)?.kind;
  return kind === "worker" || kind === "coordinator";
}

/** The beads of workflows' convoys that somebody has taken off their hook: the convoy cannot land without them. */
function unslungOfConvoys(convoys: readonly ConvoyState[]): Need[] {
  return convoys.filter(({ bead }) => stepOfBead(bead)).flatMap(({ bead: convoy, beads }) =>
    beads.flatMap(({ bead }) => unslungNeed(bead, `${convoy.id}, which a workflow waits for, needs it`))
  );
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
