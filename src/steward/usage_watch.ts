import { type Conversation, conversations } from "../agents/conversations.ts";
import { noteKept } from "../agents/kept_conversations.ts";
import { readRefusal } from "../agents/limit_text.ts";
import { liftLimit, liftLimits, noteRefusal } from "../agents/limits.ts";
import { type ReadConversation, readConversation } from "../agents/usage_known.ts";
import { type TerminalAgent, terminals } from "../agents/terminal_agent.ts";
import { present } from "../lib/present.ts";
import { faultPoint } from "../ports/fault.ts";
import { wakeMark } from "../town/desired.ts";
import type { LoopTick } from "../town/loops/loop.ts";
import {
  createUsageBook,
  type RecordedUsage,
  recordUsage,
  type UsageBook,
} from "../town/costs/usage_record.ts";
import type { WorkDeps } from "../work/sling.ts";

/** Reads the transcripts of agents: records what they use, and notes when a service refuses them. */
export interface UsageWatch {
  /** Reads what is new; returns when to be called again, in ms since the epoch. */
  tick(context: Pick<LoopTick, "log">): number | undefined;
  /** What every session has used, as of the last look. */
  usage(): RecordedUsage[];
  /** A number that grows whenever there is more. */
  changes(): number;
}

/** How often transcripts are looked at, in ms. */
const LOOK_EVERY = 2_000;
/** How often the records of an agent are looked through for another conversation, in ms. */
const KEPT_AGAIN = 30_000;
/** How long a start may take, in ms. */
const START_PATIENCE = 10_000;
/** How much may have been said before a start was recorded, in ms. */
const SLACK = 2_000;
/** How long what a session uses may go unrecorded while it goes on, in ms; transcripts are there meanwhile. */
const RECORD_EVERY = 10 * 60_000;

/** What is remembered from tick to tick. */
interface State {
  deps: WorkDeps;
  /** Conversations that are over and recorded. */
  settled: Set<string>;
  /** What those have used that are not. */
  live: Map<string, RecordedUsage>;
  changes: number;
  /** When what a conversation used was recorded, or first seen. */
  recordedAt: Map<string, number>;
  /** When the records of an agent that was started are looked through next. */
  keptAt: Map<string, number>;
  /** What was complained of already. */
  said: Set<string>;
  book: UsageBook;
}

/** Makes the watch of a town. Looking spawns nothing, and writes nothing while no transcript grows. */
export function createUsageWatch(deps: WorkDeps): UsageWatch {
  const state: State = {
    deps,
    settled: new Set(),
    live: new Map(),
    changes: 0,
    recordedAt: new Map(),
    keptAt: new Map(),
    said: new Set(),
    book: createUsageBook(),
  };
  let isFirst = true;
  return {
    tick({ log }) {
      const { ports, town } = deps;
      liftOnWake(deps);
      const looksAgain = lookForKept(state, log);
      const all = conversations(town.ledger);
      if (isFirst) forgetOthers(deps, all);
      isFirst = false;
      let isLive = false;
      for (const conversation of all) {
        if (state.settled.has(conversation.id)) {
          // One that was taken up again goes on.
          if (isOver(state, { conversation, all })) continue;
          state.settled.delete(conversation.id);
        }
        isLive = look(state, { conversation, all, log }) || isLive;
      }
      const next = isLive ? ports.clock.now() + LOOK_EVERY : Infinity;
      return Math.min(next, looksAgain) === Infinity ? undefined : Math.min(next, looksAgain);
    },
    changes: () => state.changes,
    usage: () => [...new Map([...state.book.sessions(deps.town.ledger.view), ...state.live]).values()],
  };
}

/** Looks for the conversations of agents without hooks; returns when to look again, in ms since the epoch. */
function lookForKept(state: State, log: (text: string) => void): number {
  const { deps, keptAt, said } = state;
  const now = deps.ports.clock.now();
  let next = Infinity;
  for (const terminal of terminals(deps.town.ledger)) {
    const { records, caller } = terminal;
    const start = startOf(terminal);
    const isThere = isAt(deps, caller);
    if (!records || !isThere) {
      // A start takes a moment, in which its process is not known yet.
      const settledAt = isThere ? 0 : terminal.at + START_PATIENCE;
      if (settledAt <= now) recordUncounted(state, terminal);
      else next = Math.min(next, settledAt);
      continue;
    }
    if ((keptAt.get(start) ?? 0) <= now) {
      let isFound = false;
      try {
        isFound = noteKept(deps, terminal);
      } catch (error) {
        const text = `cannot read the records of ${records.name}: ${(error as Error).message}`;
        if (!said.has(text)) log(text);
        said.add(text);
      }
      keptAt.set(start, now + (isFound ? KEPT_AGAIN : LOOK_EVERY));
    }
    next = Math.min(next, keptAt.get(start)!);
  }
  return next;
}

/** A name for one start of an agent in a session. */
function startOf({ caller, at }: TerminalAgent): string {
  return `${caller.session} ${at}`;
}

/** Records a session without hooks of which nothing can be read, so that nobody takes it for one that used nothing. */
function recordUncounted({ deps: { town: { ledger } }, book }: State, terminal: TerminalAgent): void {
  const { idleBy, caller: { actor, session, rig, bead, n }, agent, at } = terminal;
  const start = startOf(terminal);
  if (idleBy !== "screen" || book.sessions(ledger.view).has(start)) return;
  // One that was gone on with began before this start.
  const isKnown = conversations(ledger).some((one) =>
    one.session === session && one.agent === agent && one.bead === bead && one.n === n &&
    (bead !== undefined || one.startedAt >= at - SLACK)
  );
  if (isKnown) return;
  const key = bead === undefined ? undefined : ledger.view.beadById(bead)?.key;
  const usage = { session: start, actor, agent, since: at, rows: [], ...present({ rig, n, bead: key }) };
  ledger.write("steward", (transaction) => recordUsage(transaction, usage));
}

/** Whether a session may still be there; for a worker, whether it is at what it was started for. */
function isAt(
  { ports, town: { ledger } }: WorkDeps,
  { role, session, bead, n }: Pick<Conversation, "bead" | "n"> & { role: string; session?: string },
): boolean {
  if (role !== "worker") return true;
  const process = ledger.ephemeral.get<{ pid: number; mark?: string; bead: string; n: number }>(
    "session",
    session ?? "",
  );
  return process !== undefined && process.bead === bead && process.n === n &&
    ports.processes.observe(process.pid, process.mark) !== "gone";
}

interface Looked {
  conversation: Conversation;
  all: readonly Conversation[];
  log(text: string): void;
}

/** Reads one conversation; says whether it is to be looked at again. */
function look(state: State, { conversation, all, log }: Looked): boolean {
  const { deps, settled, live, said } = state;
  try {
    const over = isOver(state, { conversation, all });
    const read = readConversation(deps, conversation);
    if (read) {
      if (!over) heed(deps, { read, log });
      record(state, { read, over });
      if (read.changed || !live.has(conversation.id)) {
        live.set(conversation.id, read.usage);
        state.changes++;
      }
    }
    // What its last words were is written after its end was told, if only just.
    if (over && !read?.changed) {
      settled.add(conversation.id);
      live.delete(conversation.id);
    }
    return !settled.has(conversation.id);
  } catch (error) {
    const text = `cannot read the transcript of ${conversation.actor}: ${(error as Error).message}`;
    if (!said.has(text)) log(text);
    said.add(text);
    return false;
  }
}

/** Notes that the service refused the last turn, or that it answers again. */
function heed(deps: WorkDeps, { read, log }: { read: ReadConversation; log(text: string): void }): void {
  const { ledger } = deps.town;
  const { state, conversation: { session, agent, bead, n, actor, records } } = read;
  const who = { session, agent, bead, n };
  if (state.error === undefined) {
    // Records of other clients tell of no refusal: there, only an answer shows that it is over.
    if (read.changed && (records === undefined || !state.turnOpen)) liftLimit(ledger, who);
    return;
  }
  const { at, error, text } = state.error;
  const noted = noteRefusal(ledger, {
    ...who,
    at,
    refusal: readRefusal({ error, text, at }),
    errors: state.errors,
  });
  if (noted) log(`${actor} is refused by its service: ${noted.reason}`);
}

/** Writes down what was used: at the end of a session, and every now and then before. */
function record(state: State, { read, over }: { read: ReadConversation; over: boolean }): void {
  const { deps: { ports, town: { ledger } }, recordedAt, book } = state;
  const { usage } = read;
  const now = ports.clock.now();
  if (!recordedAt.has(usage.session)) recordedAt.set(usage.session, now);
  const isDue = over ? !read.changed : now - recordedAt.get(usage.session)! >= RECORD_EVERY;
  if (!isDue || usage.rows.length === 0) return;
  recordedAt.set(usage.session, now);
  const known = book.sessions(ledger.view).get(usage.session);
  if (JSON.stringify(known) === JSON.stringify(usage)) return;
  faultPoint("steward.before-usage");
  ledger.write("steward", (transaction) => recordUsage(transaction, usage));
  faultPoint("steward.after-usage");
}

/** Whether nothing more comes of a conversation: it ended, another follows it, or the process it ran in is gone. */
function isOver(
  { deps }: State,
  { conversation, all }: { conversation: Conversation; all: readonly Conversation[] },
): boolean {
  if (conversation.endedAt !== undefined) return true;
  const { session, startedAt } = conversation;
  if (all.some((other) => other.session === session && other.startedAt > startedAt)) return true;
  return !isAt(deps, conversation);
}

/** How far transcripts were read whose conversations are forgotten is of no use. */
function forgetOthers({ town: { ledger: { ephemeral } } }: WorkDeps, all: readonly Conversation[]): void {
  const known = new Set(all.map(({ id }) => id));
  for (const { key } of ephemeral.list("usage")) if (!known.has(key)) ephemeral.remove("usage", key);
}

/** After `gt wake` every limit is over: a person knows better. Not after a start, which proves nothing. */
function liftOnWake({ ports, town }: WorkDeps): void {
  const { ephemeral } = town.ledger;
  const mark = wakeMark(ports, town.paths);
  const seen = ephemeral.get<{ mark: string }>("wake", "limits");
  if (seen?.mark === mark) return;
  ephemeral.put("wake", "limits", { mark });
  if (seen) liftLimits(town.ledger);
}
