/**
 * What clients without hooks write down of their conversations: which they had in a folder, and what these used. By the
 * name that a preset gives in `records`; read only, and as these versions write it: Codex 0.169, Gemini CLI 0.61,
 * opencode 1.18, GitHub Copilot CLI 1.0.
 *
 * @module
 */
import type { Files } from "../../ports/files.ts";
import { codexRecords } from "./codex.ts";
import { copilotRecords } from "./copilot.ts";
import { geminiRecords } from "./gemini.ts";
import { opencodeRecords } from "./opencode.ts";

/** Whose records these are. */
export type RecordsName = "codex" | "copilot" | "gemini" | "opencode";

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

/** The records that can be read. */
export const clientRecords: Readonly<Record<RecordsName, ClientRecords>> = {
  codex: codexRecords,
  copilot: copilotRecords,
  gemini: geminiRecords,
  opencode: opencodeRecords,
};
