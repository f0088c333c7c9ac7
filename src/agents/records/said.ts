import type { Files } from "../../ports/files.ts";
import { type LineReader, type TranscriptEvent, transcriptEvent } from "../transcript.ts";
import { codexLine } from "./codex.ts";
import { copilotLine } from "./copilot.ts";
import { geminiLine } from "./gemini.ts";
import { opencodeEvents } from "./opencode.ts";
import type { RecordsName } from "./records.ts";

/** Reads the lines of transcripts of a kind, Claude Code's by default; undefined for those that are no lines. */
export function lineReader(records: RecordsName | undefined): LineReader | undefined {
  switch (records) {
    case undefined:
      return transcriptEvent;
    case "codex":
      return codexLine;
    case "copilot":
      return copilotLine;
    case "gemini":
      return geminiLine;
    case "opencode":
      return undefined;
  }
}

/** How much is read at a time, in bytes. */
const CHUNK = 1024 * 1024;

/** Everything that a transcript tells, in its order; empty where it is gone. @throws when it cannot be read. */
export function eventsOf(
  files: Files,
  transcript: { path: string; id: string; records?: RecordsName | undefined },
): TranscriptEvent[] {
  const { path, id, records } = transcript;
  const read = lineReader(records);
  if (!read) return opencodeEvents({ id, transcript: path });
  const events: TranscriptEvent[] = [];
  const memory = {};
  for (let from = 0;;) {
    const part = files.readLines(path, { from, most: CHUNK });
    if (!part || part.next === from) return events;
    events.push(...part.lines.map((line) => read(line, memory)).filter((event) => event !== undefined));
    from = part.next;
  }
}
