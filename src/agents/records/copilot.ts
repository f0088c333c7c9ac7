import { join } from "node:path";
import type { Files } from "../../ports/files.ts";
import type { LineReader } from "../transcript.ts";
import { countOf, headLine, objectOf, recordLine, timeOf } from "./record_line.ts";
import type { ClientRecords, KeptConversation } from "./client_records.ts";

/** Of GitHub Copilot CLI: `session-state/ID/events.jsonl`, each beginning with a line of type `session.start`. */
export const copilotRecords: ClientRecords = {
  home(variables) {
    const home = variables("HOME");
    return variables("COPILOT_HOME") ?? (home === undefined ? undefined : join(home, ".copilot"));
  },
  find(files, { home, cwd, since }) {
    const sessions = join(home, "session-state");
    return files.list(sessions).map((name) => join(sessions, name, "events.jsonl"))
      .filter((path) => (files.stat(path)?.modified ?? -1) >= since)
      .flatMap((path) => conversationIn(files, { path, cwd }))
      .sort((a, b) => b.changedAt - a.changedAt);
  },
  hasAnswer: (files, { transcript }) =>
    /"type":\s*"assistant\.message"/.test(files.readText(transcript) ?? ""),
};

function conversationIn(
  files: Files,
  { path, cwd }: { path: string; cwd: string },
): KeptConversation[] {
  const head = headLine(files, path);
  const about = objectOf(head?.data);
  const startedAt = timeOf(about?.startTime);
  if (head?.type !== "session.start" || objectOf(about?.context)?.cwd !== cwd) return [];
  if (typeof about?.sessionId !== "string" || startedAt === undefined) return [];
  return [{
    id: about.sessionId,
    transcript: path,
    startedAt,
    changedAt: files.stat(path)?.modified ?? startedAt,
  }];
}

/** Reads the lines of one conversation of GitHub Copilot CLI. */
export const copilotLine: LineReader = (line) => {
  if (!/"type":\s*"(user\.message|session\.usage_record)"/.test(line)) return undefined;
  const record = recordLine(line);
  const at = timeOf(record?.timestamp);
  if (!record || at === undefined) return undefined;
  if (record.type === "user.message") return { at, kind: "turn" };
  const usage = objectOf(objectOf(record.data)?.usage);
  if (record.type !== "session.usage_record" || !usage || typeof record.id !== "string") return undefined;
  const cached = countOf(usage.cacheReadTokens);
  const written = countOf(usage.cacheWriteTokens);
  return {
    at,
    kind: "tokens",
    message: record.id,
    model: typeof usage.model === "string" ? usage.model : "unknown",
    tokens: {
      input: Math.max(0, countOf(usage.inputTokens) - cached - written),
      output: countOf(usage.outputTokens),
      cache_read: cached,
      cache_write: written,
      cache_write_1h: 0,
    },
  };
};
