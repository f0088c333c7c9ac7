import { closestWord } from "../../lib/closest_word.ts";
import { formatDuration } from "../../lib/duration.ts";

/** What to write in the place of a value that is not what it should be: `; write 1h30m`. Empty where nobody knows. */
export type ValueHint = (input: unknown) => string;

const UNITS: readonly (readonly [words: RegExp, ms: number])[] = [
  [/^(ms|msecs?|millis(econds?)?)$/, 1],
  [/^(s|secs?|seconds?)$/, 1_000],
  [/^(m|mins?|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
  [/^(w|wks?|weeks?)$/, 604_800_000],
];

/** Of a duration in other words, or without its unit. */
export const durationHint: ValueHint = (input) => {
  const text = String(input).trim().toLowerCase();
  if (/^\d+$/.test(text) && Number(text) > 0) return `; write ${text}s, ${text}m or ${text}h`;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*(?:,|and)?\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return "";
  let total = 0;
  for (const [, count, word] of parts) {
    const unit = UNITS.find(([words]) => words.test(word!));
    if (!unit) return "";
    total += Number(count) * unit[1];
  }
  return total >= 1 ? `; write ${formatDuration(total)}` : "";
};

/** Of a truth value in other words. */
export const flagHint: ValueHint = (input) => {
  const text = String(input).toLowerCase();
  if (/^(true|yes|y|on|1)$/.test(text)) return "; write true";
  return /^(false|no|n|off|0)$/.test(text) ? "; write false" : "";
};

/** Of a number that is a text. */
export const numberHint: ValueHint = (input) =>
  typeof input === "string" && /^\d+$/.test(input) && Number(input) > 0
    ? `; write ${input} without quotes`
    : "";

/** Of one value, or several in one text, where a list should be. */
export const listHint: ValueHint = (input) => {
  if (typeof input === "number" || typeof input === "boolean") return `; write [${input}]`;
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    return "; each of them begins with -";
  }
  const items = typeof input === "string" ? input.split(/[\s,]+/).filter((word) => word !== "") : [];
  return items.length > 0 && items.every((word) => /^[\w.*/-]+$/.test(word))
    ? `; write [${items.join(", ")}]`
    : "";
};

/** The steps that are named in an expression such as `b.Succeeded || c`; undefined for what is none. */
export function needsIn(text: string): { ids: readonly string[]; isAny: boolean; asks: boolean } | undefined {
  if (!/&&|\|\||[!()]|^[\w-]+\.\w+$|\s(and|or)\s/i.test(text)) return undefined;
  const words = [...text.replace(/"[^"]*"|'[^']*'/g, "").matchAll(/([A-Za-z][\w-]*)((?:\.\w+)*)/g)]
    .filter(([word]) => !/^(and|or|not)$/i.test(word));
  const ids = [
    ...new Set(words.map(([, id = "", rest]) => id === "steps" && rest ? rest.split(".")[1]! : id)),
  ];
  return ids.length === 0 ? undefined : {
    ids,
    isAny: /\|\||\sor\s/i.test(text),
    asks: words.some(([, , rest]) => rest !== ""),
  };
}

/** Of needs that are written as an expression, or as one text. */
export const needsHint: ValueHint = (input) => {
  const needs = typeof input === "string" ? needsIn(input) : undefined;
  if (!needs) return listHint(input);
  const { ids, isAny, asks } = needs;
  const list = `[${ids.join(", ")}]`;
  const ended = asks ? "; how they ended is asked in when, with always: true beside it" : "";
  return `; it is no expression: write ${isAny ? `{ any: ${list} }` : list}${ended}`;
};

/** Of a name with other letters. */
export function nameHint(separators: RegExp): ValueHint {
  return (input) => {
    const name = String(input).trim().toLowerCase().replace(separators, "-").replace(/^[^a-z]+|-+$/g, "");
    return typeof input === "string" && name !== "" ? `; write ${name}` : "";
  };
}

/** Of one value where a map should be that cannot do without some keys. */
export function mapHint(keys: readonly string[]): ValueHint {
  return (input) => {
    const isOne = typeof input === "number" || typeof input === "string" && /^[\w.-]+$/.test(input);
    if (keys.length === 0 || !isOne) return "";
    return `; write { ${keys.map((key) => `${key}: ${keys.length === 1 ? input : "…"}`).join(", ")} }`;
  };
}

/** Of a list that is written where an expression should be: the expression of that list. */
export const expressionHint: ValueHint = (input) => {
  const isPlain = Array.isArray(input) && input.every((item) => item === null || typeof item !== "object");
  return isPlain ? `; write '${JSON.stringify(input).replaceAll("'", "''").replaceAll('","', '", "')}'` : "";
};

/** Of several lines that are written as a list, or brackets that are meant as they stand. */
export const textHint: ValueHint = (input) => {
  if (typeof input !== "object" || input === null) return "";
  return Array.isArray(input)
    ? "; several lines stand below |, further to the right; a text that begins with [ stands in quotes"
    : "; a text that begins with { stands in quotes";
};

/** What words of other languages are called here. */
const CALLED: Readonly<Record<string, string>> = {
  ...{
    integer: "int",
    long: "int",
    str: "string",
    text: "string",
    boolean: "bool",
    array: "list",
    float: "number",
  },
  ...{
    double: "number",
    approval: "human",
    manual: "human",
    sleep: "timer",
    wait: "timer",
    schedule: "cron",
  },
};

/** Of a word that is none of those there are. */
export function wordHint(choices: readonly string[]): ValueHint {
  return (input) => {
    if (typeof input !== "string") return "";
    const word = input.toLowerCase();
    const called = Object.hasOwn(CALLED, word) ? CALLED[word]! : undefined;
    const meant = called !== undefined && choices.includes(called) ? called : closestWord(word, choices);
    return meant === undefined ? "" : `; did you mean "${meant}"?`;
  };
}
