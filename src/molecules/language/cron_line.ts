const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly { name: string; from: number; to: number; words?: readonly string[] }[] = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, words: MONTHS },
  { name: "day of the week", from: 0, to: 7, words: DAYS },
];

/** Why a text is no cron line of five fields; undefined when it is one. */
export function cronProblem(line: string): string | undefined {
  const fields = line.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `expected five fields, as in 0 9 * * 1-5, found ${fields.length} in ${JSON.stringify(line)}`;
  }
  for (const [at, { name, from, to, words = [] }] of FIELDS.entries()) {
    const field = fields[at]!;
    const bad = field.split(",").find((part) => !isPart(part, { from, to, words }));
    if (bad !== undefined) {
      return `expected a ${name} from ${from} to ${to}, found ${JSON.stringify(bad)} in ${
        JSON.stringify(line)
      }`;
    }
  }
  return undefined;
}

function isPart(part: string, limits: { from: number; to: number; words: readonly string[] }): boolean {
  const found = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (!found) return false;
  const [first, last] = [found[1], found[2]].map((word) => numberOf(word, limits));
  if (found[3] !== undefined) {
    // Steps are those of a range.
    const isRange = first === undefined || last !== undefined;
    if (!isRange || Number(found[3]) < 1 || Number(found[3]) > limits.to) return false;
  }
  if (Number.isNaN(first) || Number.isNaN(last)) return false;
  return first === undefined || last === undefined || first <= last;
}

function numberOf(
  word: string | undefined,
  { from, to, words }: { from: number; to: number; words: readonly string[] },
): number | undefined {
  if (word === undefined) return undefined;
  const named = words.indexOf(word.toLowerCase());
  const number = named >= 0 ? named + from : /^\d+$/.test(word) ? Number(word) : NaN;
  return number >= from && number <= to ? number : NaN;
}
