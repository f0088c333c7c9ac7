import type { Bead, View } from "../ledger/ledger.ts";
import { present } from "../lib/present.ts";
import type { Ports } from "../ports/ports.ts";
import { allStepsOf } from "../molecules/checklist.ts";
import type { KnownUsage } from "../town/costs/costs.ts";
import type { Town } from "../town/town.ts";
import { createUsageBook, type RecordedUsage, type UsageBook } from "../town/costs/usage_record.ts";
import { type Conversation, conversations } from "./conversations.ts";
import { readUsage, type UsageState } from "./usage_read.ts";

/** What reading usage needs. */
export interface UsageDeps {
  ports: Pick<Ports, "files">;
  town: Pick<Town, "ledger">;
}

/** What a conversation has used so far, and whether its transcript has grown since the last look. */
export interface ReadConversation {
  conversation: Conversation;
  state: UsageState;
  usage: RecordedUsage;
  changed: boolean;
}

/** How much may have been said before the first hook was called, in ms. */
const SLACK = 2_000;

/** Reads what a conversation has used; undefined where it has no transcript. @throws when that cannot be read. */
export function readConversation(
  { ports: { files }, town: { ledger } }: UsageDeps,
  conversation: Conversation,
): ReadConversation | undefined {
  const { id, transcript, startedAt, records } = conversation;
  if (transcript === undefined || files.stat(transcript) === undefined) return undefined;
  const { view, ephemeral } = ledger;
  const bead = conversation.bead === undefined ? undefined : view.beadById(conversation.bead);
  const { state, changed } = readUsage({ files, ephemeral }, {
    id,
    path: transcript,
    since: startedAt - SLACK,
    ...present({ records, stepAt: bead && stepFinder(view, bead) }),
  });
  const { actor, agent, rig, n } = conversation;
  const usage = {
    session: id,
    actor,
    since: startedAt,
    ...present({ bead: bead?.key, agent, rig, n }),
    rows: state.rows,
  };
  return { conversation, state, usage, changed };
}

/** All usage that is known: what is recorded, and in its place what transcripts that are still there have come to. */
export function knownUsage(deps: UsageDeps, book: UsageBook = createUsageBook()): KnownUsage[] {
  const { ledger } = deps.town;
  const found = new Map<string, RecordedUsage>(book.sessions(ledger.view));
  for (const conversation of conversations(ledger)) {
    try {
      const usage = readConversation(deps, conversation)?.usage;
      if (usage && usage.rows.length > 0) found.set(usage.session, usage);
    } catch {
      // What is recorded stands.
    }
  }
  return [...found.values()].map((usage) => {
    const id = usage.bead === undefined ? undefined : ledger.view.beadByKey(usage.bead)?.id ?? usage.bead;
    return { ...usage, ...present({ beadId: id }) };
  });
}

/** Says which step of a bead was under way at a time: the one that was closed next, else the one somebody is at. */
function stepFinder(view: View, bead: Bead): (at: number) => string | undefined {
  let steps: { id: string; closed: number; begun: boolean }[] | undefined;
  return (at) => {
    // Asked only when there is something to count.
    steps ??= allStepsOf(view, bead).map((step) => ({
      id: step.id,
      closed: step.closed_at === undefined ? Infinity : Date.parse(step.closed_at),
      begun: step.status === "in_progress",
    })).sort((a, b) => a.closed - b.closed || Number(b.begun) - Number(a.begun));
    return steps.find(({ closed }) => closed >= at)?.id;
  };
}
