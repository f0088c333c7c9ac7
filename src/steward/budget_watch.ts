import { localTime, midnight } from "../ports/time.ts";
import { writeBudgetStates } from "../town/costs/budget_record.ts";
import {
  budgetCommand,
  type BudgetState,
  budgetText,
  concerns,
  createSpendingBook,
  judgeBudgets,
} from "../town/costs/budgets.ts";
import type { TownConfig } from "../town/config/config.ts";
import { convoysOfBeads, openConvoys } from "../town/convoys/convoys.ts";
import type { LoopTick } from "../town/loops/loop.ts";
import { messageId, writeMessage } from "../town/mail/messages.ts";
import { townSessions } from "../town/town_sessions.ts";
import type { RecordedUsage } from "../town/costs/usage_record.ts";
import { STOPPED_BY_BUDGET, workerSession } from "../work/attempt.ts";
import { advance, type Assignment, liveAssignments } from "../work/attempt_store.ts";
import { attemptLimits } from "../work/limits.ts";
import type { SessionRecord } from "../work/prepare.ts";
import type { WorkDeps } from "../work/sling.ts";

/** Holds the town to its budgets. */
export interface BudgetWatch {
  /** Compares what was used with what may be; returns when to be called again, in ms since the epoch. */
  tick(context: BudgetTick): Promise<number | undefined>;
}

/** What it is given. */
export interface BudgetTick extends Pick<LoopTick, "log"> {
  /** Another number whenever {@linkcode usage} is something else. */
  changes: number;
  usage(): readonly RecordedUsage[];
}

/** Makes the watch of a town. */
export function createBudgetWatch(deps: WorkDeps): BudgetWatch {
  let of: { config: TownConfig; book: ReturnType<typeof createSpendingBook> } | undefined;
  const told = new Set<string>();
  let seen = "";
  return {
    async tick({ log, usage, changes }) {
      const { ports, town } = deps;
      const config = await town.config();
      const now = ports.clock.now();
      const today = localTime(now).slice(0, 10);
      const mark = `${changes} ${town.ledger.version()} ${today}`;
      if (of?.config === config && mark === seen) return undefined;
      if (of?.config !== config) of = { config, book: createSpendingBook(config.prices) };
      const assignments = liveAssignments(town.ledger.view);
      const states = judgeBudgets(of.book, {
        config,
        usage: usage(),
        today,
        ...concerned(deps, { assignments, config }),
      }).filter(({ level }) => level !== "ok");
      writeBudgetStates(town.ledger.ephemeral, states);
      for (const state of states) tell(deps, { state, told, log });
      for (const assignment of assignments) await holdTo(deps, { assignment, states, config, log });
      // Until all of that is done it is looked at again.
      seen = mark;
      return states.some(({ period }) => period !== undefined) ? midnight(now, 1) : undefined;
    },
  };
}

/** What may have a budget: convoys under way, and beads that somebody is at or is to be at. */
function concerned(
  { town }: WorkDeps,
  { assignments, config }: { assignments: readonly Assignment[]; config: TownConfig },
) {
  const { view } = town.ledger;
  const isForAll = Object.keys(config.budgets.convoy).length > 0;
  const convoys = openConvoys(view).filter((bead) => isForAll || bead.metadata.budget !== undefined);
  const of = [...convoysOfBeads(view, convoys)];
  return {
    beads: assignments.map(({ bead }) => bead),
    convoys: convoys.map((bead) => ({
      bead,
      keys: of.filter(([, ids]) => ids.includes(bead.id)).map(([key]) => key),
    })),
  };
}

const becomes: Readonly<Record<BudgetState["level"], string>> = {
  ok: "",
  warn: "Nothing is held back yet.",
  soft: "Nothing new is begun; what is under way goes on.",
  hard:
    "What is under way is stopped, with everything it has done kept, and goes on once there is room again.",
};

/** Tells a person, once for each level of a period. */
function tell(
  { town: { ledger } }: WorkDeps,
  { state, told, log }: { state: BudgetState; told: Set<string>; log(text: string): void },
): void {
  const { scope, id, level, thresholds, period } = state;
  const limit = level === "ok" ? 0 : thresholds[level];
  const identity = ["budget", id, ...(period === undefined ? [] : [period]), level, String(limit)].join(".");
  if (told.has(identity)) return;
  told.add(identity);
  if (ledger.view.beadById(messageId(String(ledger.view.setting("prefix") ?? "hq"), identity))) return;
  const text = budgetText(state);
  log(`${text}: ${level}`);
  ledger.write("steward", (transaction) =>
    void writeMessage(transaction, {
      identity,
      from: "steward",
      to: "overseer",
      subject: `BUDGET ${scope === "town" ? "town" : id}: ${level}`,
      body: `${text[0]!.toUpperCase()}${text.slice(1)}. ${becomes[level]}\nMore room: ${
        budgetCommand(state)
      }\nWhat it went to: gt costs`,
      urgent: level === "hard",
    }));
}

/** Stops a worker whose budget is used up for good, and lets it go on when it is not any more. */
async function holdTo(
  deps: WorkDeps,
  options: {
    assignment: Assignment;
    states: readonly BudgetState[];
    config: TownConfig;
    log(text: string): void;
  },
): Promise<void> {
  const { town: { ledger }, ports: { clock, processes } } = deps;
  const { assignment: { bead, attempt }, states, config, log } = options;
  const state = states.find((one) => one.level === "hard" && concerns(one, bead.key));
  const isStopped = attempt.state === "waiting" && attempt.question?.startsWith(STOPPED_BY_BUDGET) === true;
  const write = (event: { kind: "handedOff" } | { kind: "helpAsked"; question: string }) =>
    advance(ledger, {
      actor: "steward",
      key: bead.key,
      n: attempt.n,
      event: { ...event, at: clock.now() },
      limits: attemptLimits(config),
    });
  if (!state) {
    if (isStopped && write({ kind: "handedOff" }).kind === "moved") {
      log(`${bead.id} goes on: its budget allows it again`);
    }
    return;
  }
  if (!isStopped) {
    if (attempt.state !== "working" && attempt.state !== "starting") return;
    const what = budgetText(state).replace(/^the budget /, "");
    const question = `${STOPPED_BY_BUDGET} ${what}. It goes on by itself after: ${budgetCommand(state)}`;
    if (write({ kind: "helpAsked", question }).kind !== "moved") return;
    log(`${bead.id} is stopped: ${budgetText(state)}`);
  }
  const session = workerSession(attempt.worker!);
  const record = ledger.ephemeral.get("session", session) as SessionRecord | undefined;
  if (record && processes.observe(record.pid, record.mark) !== "gone") await townSessions(deps).end(session);
}
