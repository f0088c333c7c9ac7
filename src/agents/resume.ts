import type { Files } from "../ports/files.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import { type Conversation, conversations } from "./conversations.ts";
import { hasHandedOff } from "./handoff.ts";
import type { Agent } from "./presets.ts";
import { clientRecords } from "./records/records.ts";

/** Whose conversation may be gone on with. */
export interface ResumeQuestion {
  agent: Pick<Agent, "name" | "resumeFlag">;
  /** The tmux session it is to run in. */
  session: string;
  /** The folder it is to work in. */
  cwd: string;
  /** For a worker: the try that the conversation was part of. */
  work?: { bead: string; n: number };
}

/**
 * The conversation that a new session of an agent goes on with, or undefined where it begins anew.
 *
 * Only the last one, of the same try, agent and folder, whose transcript is there. Not one that handed off or got
 * nowhere, and none twice before it has ended a turn: a conversation that ends its client would do so again.
 */
export function conversationToResume(
  { ports, town }: { ports: Pick<Ports, "files">; town: Pick<Town, "ledger"> },
  question: ResumeQuestion,
): Conversation | undefined {
  const { agent, session, cwd, work } = question;
  if (agent.resumeFlag === undefined) return undefined;
  const last = conversations(town.ledger).find((one) =>
    one.session === session && one.bead === work?.bead && one.n === work?.n
  );
  if (!last || last.agent !== agent.name || last.cwd !== cwd) return undefined;
  if (last.stuck || last.resumes > 0) return undefined;
  if (hasHandedOff(town.ledger, { session, startedAt: last.startedAt })) return undefined;
  // The client writes with a delay: killed early, it leaves a transcript without a message, and refuses to go on with it.
  return hasAnswer(ports.files, last) ? last : undefined;
}

function hasAnswer(files: Files, { id, transcript, records }: Conversation): boolean {
  if (transcript === undefined) return false;
  return records
    ? clientRecords[records].hasAnswer(files, { id, transcript })
    : files.readText(transcript)?.includes('"type":"assistant"') === true;
}
