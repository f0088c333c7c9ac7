/** The five fields of a cron line, each as the numbers it means. */
interface CronLine {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Where both are given, either will do. */
  anyDay: boolean;
  anyWeekday: boolean;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Four years and a day: no line that ever matches waits longer. */
const FARTHEST_DAYS = 1_462;

/** The first minute after `after` (ms since the epoch) that a cron line matches, in a time zone; undefined for one that never does. */
export function nextCron(
  line: string,
  { after, timezone = "UTC" }: { after: number; timezone?: string },
): number | undefined {
  const cron = readCron(line);
  const clock = clockIn(timezone);
  let at = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const end = after + FARTHEST_DAYS * DAY_MS;
  while (at <= end) {
    const { minute, hour, day, month, weekday } = clock(at);
    if (!cron.months.has(month) || !isDay(cron, { day, weekday })) {
      // To the next hour only: where the clocks are changed a day has no fixed length.
      at += (60 - minute) * MINUTE_MS;
    } else if (!cron.hours.has(hour)) at += (60 - minute) * MINUTE_MS;
    else if (!cron.minutes.has(minute)) at += MINUTE_MS;
    else return at;
  }
  return undefined;
}

function isDay(cron: CronLine, { day, weekday }: { day: number; weekday: number }): boolean {
  const byDay = cron.days.has(day);
  const byWeekday = cron.weekdays.has(weekday);
  if (cron.anyDay || cron.anyWeekday) return byDay && byWeekday;
  return byDay || byWeekday;
}

function readCron(line: string): CronLine {
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] = line.trim().split(/\s+/);
  const weekdays = numbersOf(weekday, { from: 0, to: 7, words: WEEKDAYS });
  return {
    minutes: numbersOf(minute, { from: 0, to: 59 }),
    hours: numbersOf(hour, { from: 0, to: 23 }),
    days: numbersOf(day, { from: 1, to: 31 }),
    months: numbersOf(month, { from: 1, to: 12, words: MONTHS }),
    weekdays: new Set([...weekdays].map((number) => number % 7)),
    anyDay: day.startsWith("*"),
    anyWeekday: weekday.startsWith("*"),
  };
}

function numbersOf(
  field: string,
  options: { from: number; to: number; words?: readonly string[] },
): Set<number> {
  const { from, to, words = [] } = options;
  const numberOf = (word: string) => {
    const named = words.indexOf(word.toLowerCase());
    return named >= 0 ? named + from : Number(word);
  };
  const numbers = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "*", step] = part.split("/");
    const [first, last] = range === "*" ? [String(from), String(to)] : range.split("-");
    const start = numberOf(first!);
    const end = last === undefined ? (step === undefined ? start : to) : numberOf(last);
    for (let number = start; number <= end; number += Number(step ?? 1)) numbers.add(number);
  }
  return numbers;
}

interface Moment {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

function clockIn(timezone: string): (at: number) => Moment {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    weekday: "short",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      minute: Number(parts.minute),
      hour: Number(parts.hour),
      day: Number(parts.day),
      month: Number(parts.month),
      weekday: WEEKDAYS.indexOf(parts.weekday!.toLowerCase()),
    };
  };
}
