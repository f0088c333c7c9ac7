import type { Json } from "../lib/json.ts";
import { present } from "../lib/present.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Caller } from "./caller.ts";
import type { HookInput } from "./hook_input.ts";
import type { RecordsName } from "./records/records.ts";
import { noteTerminalState } from "./terminal_agent.ts";

/** What an agent and its model said to each other, by the agent's own id; the ephemeral record of kind `conversation`. */
export interface Conversation {
  id: string;
  /** Who the agent was: `worker-3`, `coordinator`, `crew/ann`. */
  actor: string;
  role: string;
  /** The tmux session it ran in. */
  session: string;
  /** Name of the agent. */
  agent?: string;
  rig?: string;
  bead?: string;
  n?: number;
  /** The folder it worked in. */
  cwd?: string;
  transcript?: string;
  /** Whose records the transcript is; absent for Claude Code's own, of which its hooks tell. */
  records?: RecordsName;
  /** Times in ms since the epoch. */
  startedAt: number;
  endedAt?: number;
  /** How often it was taken up again since it last ended a turn. */
  resumes: number;
  /** It got nowhere: what follows begins anew. */
  stuck?: boolean;
}

/** How many are remembered; the oldest are forgotten first. */
const most = 500;

/** Every conversation that is remembered, the newest first. */
export function conversations(ledger: Pick<Ledger, "ephemeral">): Conversation[] {
  return ledger.ephemeral.list("conversation")
    .map(({ value }) => value as unknown as Conversation)
    .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
}

/** Records that an agent has begun a conversation, or goes on with one. */
export function noteConversation(
  ledger: Pick<Ledger, "ephemeral">,
  options: { caller: Caller; input: HookInput; at: number; records?: RecordsName },
): void {
  const { caller, input, at, records } = options;
  if (caller.session === undefined || input.sessionId === undefined) return;
  const known = ledger.ephemeral.get("conversation", input.sessionId) as unknown as Conversation | undefined;
  const { endedAt: _earlier, ...before } = known ?? { startedAt: at, resumes: 0 };
  const { actor, role, session, agent, rig, bead, n } = caller;
  write(ledger, {
    ...before,
    id: input.sessionId,
    ...{ actor, role, session },
    ...present({ agent, rig, bead, n, cwd: input.cwd, transcript: input.transcript, records }),
  });
  if (known) return;
  for (const { id } of conversations(ledger).slice(most)) ledger.ephemeral.remove("conversation", id);
}

/** Records that a conversation has ended. */
export function noteConversationEnd(
  ledger: Pick<Ledger, "ephemeral">,
  options: { id: string | undefined; at: number },
): void {
  change(ledger, options.id, (known) => ({ ...known, endedAt: options.at }));
}

/** Records that a turn came to its end: the conversation can be gone on with. */
export function noteTurnEnd(ledger: Pick<Ledger, "ephemeral">, id: string | undefined): void {
  change(ledger, id, (known) => known.resumes === 0 ? known : { ...known, resumes: 0 });
}

/** {@linkcode noteTurnEnd} of the conversation that goes on in a session. */
export function noteSessionIdle(ledger: Pick<Ledger, "ephemeral">, session: string): void {
  noteTurnEnd(ledger, conversations(ledger).find((one) => one.session === session)?.id);
  noteTerminalState(ledger, { session, stuck: false });
}

/** Says that the conversation of a session got nowhere, so that the next session begins anew. */
export function noteStuck(ledger: Pick<Ledger, "ephemeral">, session: string): void {
  const last = conversations(ledger).find((one) => one.session === session);
  change(ledger, last?.id, (known) => ({ ...known, stuck: true }));
  noteTerminalState(ledger, { session, stuck: true });
}

/** Records that a conversation is about to be taken up again. */
export function noteResume(ledger: Pick<Ledger, "ephemeral">, id: string): void {
  change(ledger, id, (known) => ({ ...known, resumes: known.resumes + 1 }));
}

function change(
  ledger: Pick<Ledger, "ephemeral">,
  id: string | undefined,
  edit: (known: Conversation) => Conversation,
): void {
  const known = id === undefined ? undefined : ledger.ephemeral.get("conversation", id);
  if (known === undefined) return;
  const before = known as unknown as Conversation;
  const after = edit(before);
  if (after !== before) write(ledger, after);
}

function write(ledger: Pick<Ledger, "ephemeral">, conversation: Conversation): void {
  ledger.ephemeral.put("conversation", conversation.id, conversation as unknown as Json);
}
