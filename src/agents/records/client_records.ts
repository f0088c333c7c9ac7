import type { Files } from "../../ports/files.ts";

/** A conversation that a client keeps. Times are ms since the epoch. */
export interface KeptConversation {
  /** The client's own id, with which it goes on. */
  id: string;
  /** The file that it is in; several may share one. */
  transcript: string;
  startedAt: number;
  changedAt: number;
}

/** Where to look, and for what. */
export interface KeptQuestion {
  /** The folder in which the client keeps things. */
  home: string;
  /** The folder that it works in. */
  cwd: string;
  /** Conversations that have not changed since then are not asked for; ms since the epoch. */
  since: number;
}

/** How to read the records of one kind of client. */
export interface ClientRecords {
  /** The folder in which it keeps things; `variables` are those it runs with. */
  home(variables: (name: string) => string | undefined): string | undefined;
  /** The conversations of a folder, the newest first. @throws when they cannot be read. */
  find(files: Files, question: KeptQuestion): KeptConversation[];
  /** Whether the model has said anything, so that there is something to go on with. */
  hasAnswer(files: Files, conversation: Pick<KeptConversation, "id" | "transcript">): boolean;
}
