const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly { name: string; from: number; to: number; words?: readonly string[] }[] = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, words: MONTHS },
  { name: "day of the week", from: 0, to: 7, words: DAYS },
];

type Limits = (typeof FIELDS)[number];

/** Why a text is no cron line of five fields, or one of a day that never comes; undefined when nothing is wrong with it. */
export function cronProblem(line: string): string | undefined {
  const fields = line.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `expected five fields, as in 0 9 * * 1-5, found ${fields.length} in ${JSON.stringify(line)}`;
  }
  const values: ReadonlySet<number>[] = [];
  for (const [at, limits] of FIELDS.entries()) {
    const numbers = new Set<number>();
    for (const part of fields[at]!.split(",")) {
      const found = readPart(part, limits);
      if (typeof found === "string") return `${found} in ${JSON.stringify(line)}`;
      for (const number of found) numbers.add(number);
    }
    values.push(numbers);
  }
  const [, , days, months] = values;
  // Where days of the week are named, one of them will do.
  const never = fields[4] === "*" && !hasDay({ days: days!, months: months! });
  return never ? `${JSON.stringify(line)} never comes: no such month has such a day` : undefined;
}

/** How many days each month has at most. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function hasDay({ days, months }: { days: ReadonlySet<number>; months: ReadonlySet<number> }): boolean {
  const first = Math.min(...days);
  return [...months].some((month) => first <= LENGTHS[month - 1]!);
}

/** The numbers that a part means, or what is wrong with it. */
function readPart(part: string, limits: Limits): number[] | string {
  const { name, from, to } = limits;
  const shown = JSON.stringify(part);
  const wrong = `expected a ${name} from ${from} to ${to}, found ${shown}`;
  const found = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (!found) return wrong;
  const [, all, one, other, by] = found;
  const [first, last] = all ? [from, to] : [numberOf(one!, limits), numberOf(other ?? one!, limits)];
  if (first === undefined || last === undefined) return wrong;
  if (first > last) return `the range ${shown} runs backwards${turned(first, limits)}`;
  if (by === undefined) return range({ first, last, step: 1 });
  if (!all && other === undefined) {
    return `a step is that of a range, as in ${one}-${to}/${by} or */${by}, found ${shown}`;
  }
  const step = Number(by);
  if (step < 1 || step > to) return `expected a step from 1 to ${to}, found ${shown}`;
  return range({ first, last, step });
}

/** Sunday is also the last day of a week. */
function turned(first: number, { name, words = [] }: Limits): string {
  return name === "day of the week"
    ? `; the week begins with sun or 0 and ends with 7, as in ${words[first] ?? first}-7`
    : "";
}

function range({ first, last, step }: { first: number; last: number; step: number }): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);
}

function numberOf(word: string, { from, to, words = [] }: Limits): number | undefined {
  const named = words.indexOf(word.toLowerCase());
  const number = named >= 0 ? named + from : /^\d+$/.test(word) ? Number(word) : NaN;
  return number >= from && number <= to ? number : undefined;
}
