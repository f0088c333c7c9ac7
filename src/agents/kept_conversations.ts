import { present } from "../lib/present.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import { type Conversation, conversations, noteConversation } from "./conversations.ts";
import { clientRecords } from "./records/records.ts";
import type { TerminalAgent } from "./terminal_agent.ts";

/** How much may have been written down before the start was, in ms. */
const SLACK = 2_000;

/**
 * Records the conversations that the client of an agent without hooks has kept since the agent was started; says whether
 * there is one. What a client with hooks tells when it begins is read here.
 *
 * @throws when the client's records cannot be read.
 */
export function noteKept(
  { ports, town: { ledger } }: { ports: Pick<Ports, "files">; town: Pick<Town, "ledger"> },
  { records, caller, cwd, at }: TerminalAgent,
): boolean {
  if (!records) return false;
  const { name, home } = records;
  const found = clientRecords[name].find(ports.files, { home, cwd, since: at - SLACK });
  const known = new Map(conversations(ledger).map((one) => [one.id, one]));
  for (const { id, transcript, startedAt } of found) {
    const before = known.get(id);
    if (before && isCurrent(before, caller)) continue;
    const input = { sessionId: id, stopHookActive: false, ...present({ cwd, transcript }) };
    noteConversation(ledger, { caller, input, at: startedAt, records: name });
  }
  return found.length > 0;
}

function isCurrent(known: Conversation, caller: TerminalAgent["caller"]): boolean {
  return known.endedAt === undefined && known.session === caller.session && known.bead === caller.bead &&
    known.n === caller.n;
}
