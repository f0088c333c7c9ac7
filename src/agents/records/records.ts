/**
 * What clients without hooks write down of their conversations: which they had in a folder, and what these used. By the
 * name that a preset gives in `records`; read only, and as these versions write it: Codex 0.169, Gemini CLI 0.61,
 * opencode 1.18, GitHub Copilot CLI 1.0.
 *
 * @module
 */
import { codexRecords } from "./codex.ts";
import { copilotRecords } from "./copilot.ts";
import { geminiRecords } from "./gemini.ts";
import { opencodeRecords } from "./opencode.ts";
import type { ClientRecords } from "./client_records.ts";

/** Whose records these are. */
export type RecordsName = "codex" | "copilot" | "gemini" | "opencode";

/** The records that can be read. */
export const clientRecords: Readonly<Record<RecordsName, ClientRecords>> = {
  codex: codexRecords,
  copilot: copilotRecords,
  gemini: geminiRecords,
  opencode: opencodeRecords,
};
