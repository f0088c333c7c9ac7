/** What it means that a service refused to go on. */
export type Refusal =
  /** Again later: at `until` (ms since the epoch) where it says when. */
  | { kind: "later"; until?: number; text: string }
  /** Only a person can help: log in, pay, choose another model. */
  | { kind: "person"; text: string }
  /** It concerns this turn alone. */
  | { kind: "turn"; text: string };

/** What an error of Claude Code's transcript means; `error` is one of its words, `at` when it came (ms since the epoch). */
export function readRefusal({ error, text, at }: { error: string; text: string; at: number }): Refusal {
  const line = text.trim().split("\n")[0]!.slice(0, 200);
  const until = resetTime(text, at);
  const later: Refusal = { kind: "later", text: line, ...(until === undefined ? {} : { until }) };
  switch (error) {
    case "rate_limit":
      return until === undefined && needsMoney.test(text) ? { kind: "person", text: line } : later;
    case "authentication_failed":
    case "oauth_org_not_allowed":
    case "billing_error":
    case "model_not_found":
      return { kind: "person", text: line };
    case "invalid_request":
    case "max_output_tokens":
      return { kind: "turn", text: line };
    default:
      return /please run \/login|api key|credit balance/i.test(text) ? { kind: "person", text: line } : later;
  }
}

const needsMoney =
  /usage credits|spend limit|out of usage|contact your admin|\/model to switch|currently unavailable/i;

/** How lines begin by which agents say that they may not go on. Only such: a project may talk of limits as well. */
const onScreen =
  /^\W*(?:(?:api )?error\W{1,3})?(?:you(?:'|’)?(?:ve| have) (?:hit|reached|exceeded) (?:your|the) .{0,40}limit|(?:claude ai )?usage limit (?:reached|exceeded)|rate limit(?:ed| reached| exceeded)|quota exceeded|too many requests|resource_exhausted|request rejected \(429\))/i;

/** What the end of an agent's screen says of a limit; undefined where it says nothing of one. */
export function limitOnScreen(text: string, at: number): Extract<Refusal, { kind: "later" }> | undefined {
  const lines = text.trimEnd().split("\n").slice(-25);
  const first = lines.findLastIndex((line) => onScreen.test(line));
  if (first < 0) return undefined;
  // What is too long for one line goes on in the next.
  const until = resetTime(lines.slice(first, first + 3).map((line) => line.trim()).join(" "), at);
  return {
    kind: "later",
    text: lines[first]!.replace(/^\W+/, "").trim().slice(0, 200),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whether a screen shows what Claude Code asks at a limit; when the limit is over, nobody has to answer it. */
export function isLimitMenu(text: string): boolean {
  return /\bwait for (the )?limit to reset\b/i.test(text);
}

const spelled = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * When a message says that a limit ends, in ms since the epoch: `resets 3pm (Europe/Berlin)`, `resets Nov 24, 3:30pm`,
 * `|1753077600`, `try again in 2 hours 5 minutes`. A time of day is the next one after `at`; without a zone it is local.
 */
export function resetTime(text: string, at: number): number | undefined {
  const stamp = /\|(\d{10})\b/.exec(text);
  if (stamp) return Number(stamp[1]) * 1_000;
  const span =
    /(?:try again|retry|resets?|available again)\s+(?:in|after)\s+((?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?)+)/i
      .exec(text);
  const length = span ? lengthOf(span[1]!) : 0;
  if (length > 0) return at + length;
  const time =
    /(?:resets?|try again|available again)\s+(?:at\s+|on\s+)?(?:([a-z]{3})[a-z]*\.? (\d{1,2})(?:, (\d{4}))?,?\s+(?:at\s+)?)?(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\b\.?(?:\s*\(([\w+/-]+)\))?/i
      .exec(text);
  if (!time) return undefined;
  const [, month, day, year, hour, minute, half, zone] = time;
  const hours = Number(hour) % 12 + (half!.toLowerCase() === "p" ? 12 : 0);
  const clock = { hours, minutes: Number(minute ?? 0), zone };
  const now = wallClock(at, zone);
  if (month === undefined) {
    const today = instant({ ...clock, year: now.year, month: now.month, day: now.day });
    return today > at ? today : instant({ ...clock, year: now.year, month: now.month, day: now.day + 1 });
  }
  const date = { ...clock, month: months.indexOf(month.toLowerCase()), day: Number(day) };
  if (date.month < 0) return undefined;
  return instant({ ...date, year: year === undefined ? now.year : Number(year) });
}

function lengthOf(words: string): number {
  let length = 0;
  for (const [, count, unit] of words.matchAll(/(\d+(?:\.\d+)?)\s*(s|m|h|d)[a-z]*/gi)) {
    length += Number(count) * spelled[unit!.toLowerCase() as keyof typeof spelled];
  }
  return length;
}

interface WallClock {
  year: number;
  /** From 0. */
  month: number;
  day: number;
  hours: number;
  minutes: number;
}

/** What clocks in a zone show; local ones without a zone, or for one that nobody knows. */
function wallClock(at: number, zone: string | undefined): WallClock {
  const parts = new Map(formatOf(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: of("year"),
    month: of("month") - 1,
    day: of("day"),
    hours: of("hour"),
    minutes: of("minute"),
  };
}

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
    hourCycle: "h23",
    calendar: "gregory",
  };
  try {
    return new Intl.DateTimeFormat("en-US", timeZone === undefined ? options : { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-US", options);
  }
}

/** When clocks in a zone show this, in ms since the epoch. */
function instant(shown: WallClock & { zone: string | undefined }): number {
  const asUtc = (clock: WallClock) =>
    Date.UTC(clock.year, clock.month, clock.day, clock.hours, clock.minutes);
  const wanted = asUtc(shown);
  // Twice, for the days on which clocks are changed.
  let at = wanted;
  for (let round = 0; round < 2; round++) at += wanted - asUtc(wallClock(at, shown.zone));
  return at;
}
