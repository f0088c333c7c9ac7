import { join } from "node:path";
import type { Files } from "../../ports/files.ts";
import { isoTime } from "../../ports/time.ts";
import type { LineReader } from "../transcript.ts";
import { countOf, headLine, objectOf, recordLine, timeOf } from "./record_line.ts";
import type { ClientRecords, KeptConversation } from "./client_records.ts";

const DAY = 86_400_000;

/** Of Codex: `sessions/YYYY/MM/DD/rollout-*.jsonl`, each beginning with a line of type `session_meta`. */
export const codexRecords: ClientRecords = {
  home(variables) {
    const home = variables("HOME");
    return variables("CODEX_HOME") ?? (home === undefined ? undefined : join(home, ".codex"));
  },
  find(files, { home, cwd, since }) {
    const sessions = join(home, "sessions");
    // The name of a folder is the local day on which it began; one that is gone on with stays where it is.
    const first = isoTime(since - 14 * DAY).slice(0, 10).replaceAll("-", "/");
    return dayFolders(files, sessions).filter((day) => day >= first)
      .flatMap((day) => files.list(join(sessions, day)).map((name) => join(sessions, day, name)))
      .filter((path) => path.endsWith(".jsonl") && (files.stat(path)?.modified ?? 0) >= since)
      .flatMap((path) => conversationIn(files, { path, cwd }))
      .sort((a, b) => b.changedAt - a.changedAt);
  },
  hasAnswer: (files, { transcript }) => /"role":\s*"assistant"/.test(files.readText(transcript) ?? ""),
};

function dayFolders(files: Files, root: string): string[] {
  return files.list(root).flatMap((year) =>
    files.list(join(root, year)).flatMap((month) =>
      files.list(join(root, year, month)).map((day) => `${year}/${month}/${day}`)
    )
  );
}

function conversationIn(
  files: Files,
  { path, cwd }: { path: string; cwd: string },
): KeptConversation[] {
  const head = headLine(files, path);
  const about = objectOf(head?.payload);
  // That of a subagent names the one it works for.
  if (head?.type !== "session_meta" || about?.cwd !== cwd || typeof about.source !== "string") return [];
  const startedAt = timeOf(about.timestamp);
  if (typeof about.id !== "string" || startedAt === undefined) return [];
  return [{ id: about.id, transcript: path, startedAt, changedAt: files.stat(path)?.modified ?? startedAt }];
}

/** Reads the lines of one conversation of Codex. */
export const codexLine: LineReader = (line, memory) => {
  if (!/"type":\s*"(turn_context|token_count|task_started)"/.test(line)) return undefined;
  const record = recordLine(line);
  const payload = objectOf(record?.payload);
  const at = timeOf(record?.timestamp);
  if (!payload || at === undefined) return undefined;
  if (record?.type === "turn_context" && typeof payload.model === "string") memory.model = payload.model;
  if (record?.type !== "event_msg") return undefined;
  if (payload.type === "task_started") return { at, kind: "turn" };
  const used = objectOf(payload.info);
  const last = objectOf(used?.last_token_usage);
  if (payload.type !== "token_count" || !last) return undefined;
  const cached = countOf(last.cached_input_tokens);
  const written = countOf(last.cache_write_input_tokens);
  return {
    at,
    kind: "tokens",
    // The same figures are told again when only the limits have changed.
    message: `total ${countOf(objectOf(used?.total_token_usage)?.total_tokens)}`,
    model: memory.model ?? "unknown",
    tokens: {
      input: Math.max(0, countOf(last.input_tokens) - cached - written),
      output: countOf(last.output_tokens),
      cache_read: cached,
      cache_write: written,
      cache_write_1h: 0,
    },
  };
};
