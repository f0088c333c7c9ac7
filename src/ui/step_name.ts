import { shortenTo } from "../lib/display_width.ts";
import type { Json } from "../lib/json.ts";
import { printable } from "../lib/printable.ts";
import type { StepRecord } from "../molecules/machine/run.ts";

/** The most of what an element is for that stands beside its id, and of each of its values, in columns. */
const [MOST, MOST_VALUE] = [40, 24];

/** A step as people are told of it: `build`, and `build[2] (mac, 18)` for an element of a fan-out. */
export function stepName(id: string, { item }: Pick<StepRecord, "item">): string {
  const words = item === undefined ? [] : wordsOf(item).map(printable).filter((word) => word.trim() !== "");
  if (words.length === 0) return id;
  // The beginning of each tells more than all of the first.
  const most = words.length === 1 ? MOST : MOST_VALUE;
  return `${id} (${shortenTo(words.map((word) => shortenTo(word, most)).join(", "), MOST)})`;
}

/** The texts and numbers that it is made of; what is nested in a row or item tells too much. */
function wordsOf(item: Json): string[] {
  const values = item !== null && typeof item === "object" ? Object.values(item) : [item];
  return values.filter((value) => value === null || typeof value !== "object").map(String);
}
