import { splitWords } from "../lib/split_words.ts";

/** What the title of a heading or an item says. */
export interface TitleFacts {
  title: string;
  /** Its name within the plan, when it was given one. */
  name?: string;
  /** The id it is to have. */
  id?: string;
  priority?: number;
  type?: string;
  assignee?: string;
  due?: string;
  defer?: string;
  estimate?: number;
  labels: string[];
  /** Names of what it waits for; with a type before a colon, another kind of edge. */
  after: string[];
}

/** Reads the text of a heading or an item: `Title {#name P1 .label @who type=bug after=other}`, or `**Title**: what it says`. */
export function readItem(text: string): { facts: TitleFacts; rest: string; faults: string[] } {
  const facts: TitleFacts = { title: "", labels: [], after: [] };
  const faults: string[] = [];
  const { title, words } = splitBraces(text.trim());
  for (const word of words) {
    const fault = readWord(facts, word);
    if (fault !== undefined) faults.push(fault);
  }
  const [, bold, rest] = /^\*\*(.+?)\*\*\s*[:–—-]?\s*(.*)$/.exec(title) ?? [];
  facts.title = (bold ?? title).replace(/[:]$/, "").trim();
  return { facts, rest: bold === undefined ? "" : rest!.trim(), faults };
}

/** Braces at the end hold attributes when one word in them looks like one; `GET /users/{id}` is a title. */
function splitBraces(text: string): { title: string; words: string[] } {
  const [, title, inside] = /^(.*?)\s*(?<![^\s*])\{([^{}]*)\}$/.exec(text) ?? [];
  const words = inside === undefined ? undefined : splitWords(inside.replaceAll("#", "\\#"));
  if (title === undefined || !words?.some((word) => /^[#.@]\w|^P[0-4]$|^[a-z]+=/i.test(word))) {
    return { title: text, words: [] };
  }
  return { title, words };
}

/** Takes one attribute in; returns what is wrong with it. */
function readWord(facts: TitleFacts, word: string): string | undefined {
  const [, key, value] = /^([a-z]+)=(.+)$/is.exec(word) ?? [];
  if (key !== undefined) return readPair(facts, { key: key.toLowerCase(), value: value!.trim() });
  if (/^#\S/.test(word)) facts.name = word.slice(1);
  else if (/^\.\S/.test(word)) facts.labels.push(word.slice(1));
  else if (/^@\S/.test(word)) facts.assignee = word.slice(1);
  else if (/^P[0-4]$/i.test(word)) facts.priority = Number(word[1]);
  else return `"${word}" is no #name, .label, @assignee, P0 to P4 or key=value`;
  return undefined;
}

function readPair(facts: TitleFacts, { key, value }: { key: string; value: string }): string | undefined {
  const list = value.split(",").map((one) => one.trim()).filter((one) => one !== "");
  if (key === "after" || key === "deps") facts.after.push(...list);
  else if (key === "label" || key === "labels") facts.labels.push(...list);
  else if (key === "id" || key === "type" || key === "assignee" || key === "due" || key === "defer") {
    facts[key] = value;
  } else if (key === "estimate") {
    if (!/^\d+$/.test(value)) return `estimate "${value}" must be a number of minutes`;
    facts.estimate = Number(value);
  } else if (key === "priority" || key === "p") {
    if (!/^p?[0-4]$/i.test(value)) return `priority "${value}" must be 0 to 4`;
    facts.priority = Number(value.at(-1));
  } else return `"${key}" is none of id, type, priority, labels, assignee, after, due, defer, estimate`;
  return undefined;
}
