import { parseDuration } from "../../lib/duration.ts";
import { CommandError } from "../../lib/errors.ts";
import { midnight, parseInstant } from "../../ports/time.ts";

/**
 * Reads a moment in ms since the epoch: `2026-11-23`, RFC 3339, `tomorrow`, or a duration such as `3d`, `+2h`, `1w`.
 *
 * A duration lies in the future, or in the past where one looks back. @throws {CommandError} `bad_time`.
 */
export function parseWhen(text: string, options: { now: number; back?: boolean }): number {
  const word = text.trim().toLowerCase();
  const { now } = options;
  if (word === "now") return now;
  if (word === "today") return midnight(now, 0);
  if (word === "yesterday") return midnight(now, -1);
  if (word === "tomorrow") return midnight(now, 1);
  if (word === "next week") return midnight(now, 7);
  const duration = durationOf(word.replace(/^[+-]/, ""));
  const back = word.startsWith("-") || (options.back === true && !word.startsWith("+"));
  if (duration !== undefined) return back ? now - duration : now + duration;
  const instant = parseInstant(text.trim());
  if (instant !== undefined) return instant;
  throw new CommandError("usage", `Cannot read time "${text}"`, {
    code: "bad_time",
    hints: ["write 2026-11-23, 2026-11-23T16:00:00Z, tomorrow, or a duration such as 3d, 2h, 1w"],
  });
}

function durationOf(word: string): number | undefined {
  const weeks = /^(\d+)w$/.exec(word);
  return weeks ? Number(weeks[1]) * 7 * 86_400_000 : parseDuration(word);
}

/** How long ago a moment was, for people: `3 days ago`; later than now it is `in 3 days`. */
export function agePhrase(at: number, now: number): string {
  const seconds = Math.abs(now - at) / 1000;
  if (seconds < 45) return "just now";
  const [count, unit] = largestUnit(seconds);
  const phrase = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return at > now ? `in ${phrase}` : `${phrase} ago`;
}

function largestUnit(seconds: number): [number, string] {
  const units: [number, string][] = [[31_536_000, "year"], [2_592_000, "month"], [86_400, "day"], [
    3_600,
    "hour",
  ]];
  for (const [size, unit] of units) if (seconds >= size) return [Math.floor(seconds / size), unit];
  return [Math.max(1, Math.round(seconds / 60)), "minute"];
}
