import { join } from "node:path";
import type { LineReader } from "../transcript.ts";
import { countOf, headLine, objectOf, recordLine, timeOf } from "./record_line.ts";
import type { ClientRecords, KeptConversation } from "./client_records.ts";

/** Of Gemini CLI: `tmp/PROJECT/chats/session-*.jsonl`, where `projects.json` names the project of a folder. */
export const geminiRecords: ClientRecords = {
  home(variables) {
    const home = variables("GEMINI_CLI_HOME") ?? variables("HOME");
    return home === undefined ? undefined : join(home, ".gemini");
  },
  find(files, { home, cwd, since }) {
    const projects = objectOf(recordLine(files.readText(join(home, "projects.json")) ?? "")?.projects);
    const project = projects?.[cwd];
    if (typeof project !== "string") return [];
    const folder = join(home, "tmp", project, "chats");
    const found = new Map<string, KeptConversation & { size: number }>();
    for (const name of files.list(folder).filter((one) => one.endsWith(".jsonl"))) {
      const path = join(folder, name);
      const stat = files.stat(path);
      if (!stat || stat.modified < since) continue;
      const head = headLine(files, path);
      const startedAt = timeOf(head?.startTime);
      if (typeof head?.sessionId !== "string" || startedAt === undefined || head.kind !== "main") continue;
      // One that is gone on with gets a second file, in which next to nothing is.
      if ((found.get(head.sessionId)?.size ?? -1) > stat.size) continue;
      found.set(head.sessionId, {
        ...{ id: head.sessionId, transcript: path, startedAt, changedAt: stat.modified, size: stat.size },
      });
    }
    return [...found.values()].map(({ size: _size, ...one }) => one)
      .sort((a, b) => b.changedAt - a.changedAt);
  },
  hasAnswer: (files, { transcript }) => /"type":\s*"gemini"/.test(files.readText(transcript) ?? ""),
};

/** Reads the lines of one conversation of Gemini CLI. */
export const geminiLine: LineReader = (line) => {
  if (!/"type":\s*"(gemini|user)"/.test(line)) return undefined;
  const record = recordLine(line);
  const at = timeOf(record?.timestamp);
  if (!record || at === undefined) return undefined;
  if (record.type === "user") return isPrompt(record.content) ? { at, kind: "turn" } : undefined;
  const tokens = objectOf(record.tokens);
  if (record.type !== "gemini" || typeof record.id !== "string" || !tokens) return undefined;
  const cached = countOf(tokens.cached);
  return {
    at,
    kind: "tokens",
    message: record.id,
    model: typeof record.model === "string" ? record.model : "unknown",
    tokens: {
      input: Math.max(0, countOf(tokens.input) + countOf(tokens.tool) - cached),
      output: countOf(tokens.output) + countOf(tokens.thoughts),
      cache_read: cached,
      cache_write: 0,
      cache_write_1h: 0,
    },
  };
};

/** Whether somebody asked something; what tools answered comes in the same name. */
function isPrompt(content: unknown): boolean {
  if (typeof content === "string") return true;
  if (!Array.isArray(content)) return false;
  return content.some((part) => typeof objectOf(part)?.text === "string") &&
    !content.some((part) => objectOf(part)?.functionResponse !== undefined);
}
