/**
 * Reads what Claude Code writes down of a session: a file of JSON lines, one for each message and each tool's result.
 *
 * Written as several lines with one `message.id` where an answer has several parts; the last one's figures stand.
 */
import { parseInstant } from "../ports/time.ts";
import type { Tokens } from "../town/costs/usage.ts";

/** What a line of a transcript tells. Times are ms since the epoch. */
export type TranscriptEvent =
  & { at: number }
  & (
    | { kind: "tokens"; message: string; model: string; tokens: Tokens }
    /** A prompt begins a turn. */
    | { kind: "turn" }
    /** The service's error ended a turn. */
    | { kind: "error"; error: string; text: string }
  );

/** Reads one line of a transcript; `memory` is what earlier lines of the same file said. */
export type LineReader = (line: string, memory: { model?: string }) => TranscriptEvent | undefined;

interface Part {
  type?: string;
  text?: string;
}

interface Line {
  type?: string;
  timestamp?: string;
  isMeta?: boolean;
  isSidechain?: boolean;
  isCompactSummary?: boolean;
  isApiErrorMessage?: boolean;
  error?: unknown;
  message?: { id?: string; model?: string; content?: string | Part[]; usage?: Record<string, unknown> };
}

/** Reads one line; undefined for everything that is none of the above, and for nonsense. */
export function transcriptEvent(line: string): TranscriptEvent | undefined {
  // Most of a transcript is results of tools, which can be large: they need not be parsed.
  if (!/"type":\s*"(assistant|user)"/.test(line) || line.includes('"tool_use_id"')) return undefined;
  let parsed: Line;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const at = typeof parsed.timestamp === "string" ? parseInstant(parsed.timestamp) : undefined;
  if (at === undefined || typeof parsed.message !== "object" || parsed.message === null) return undefined;
  if (parsed.type === "user") return isPrompt(parsed) ? { at, kind: "turn" } : undefined;
  if (parsed.type !== "assistant") return undefined;
  const { id, model, usage } = parsed.message;
  if (parsed.isApiErrorMessage === true) {
    return { at, kind: "error", error: String(parsed.error ?? "unknown"), text: textOf(parsed) };
  }
  if (typeof id !== "string" || typeof model !== "string" || !usage || model.startsWith("<")) {
    return undefined;
  }
  const isFast = usage.speed === "fast";
  return {
    at,
    kind: "tokens",
    message: id,
    model: isFast ? `${model}-fast` : model,
    tokens: tokensOf(usage),
  };
}

function tokensOf(usage: Record<string, unknown>): Tokens {
  const count = (value: unknown) => typeof value === "number" && value > 0 ? value : 0;
  const written = count(usage.cache_creation_input_tokens);
  const parts = usage.cache_creation as Record<string, unknown> | null | undefined;
  const forAnHour = Math.min(written, count(parts?.ephemeral_1h_input_tokens));
  return {
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    cache_read: count(usage.cache_read_input_tokens),
    cache_write: written - forAnHour,
    cache_write_1h: forAnHour,
  };
}

/** Whether a line is what somebody, or something, asked; what the client adds by itself is not. */
function isPrompt(line: Line): boolean {
  if (line.isMeta === true || line.isSidechain === true || line.isCompactSummary === true) return false;
  const { content } = line.message!;
  if (typeof content !== "string" && !content?.some(({ type }) => type === "text")) return false;
  return !textOf(line).startsWith("[Request interrupted");
}

function textOf({ message }: Line): string {
  const content = message?.content;
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map(({ text }) => text ?? "").join("\n") : "";
}
