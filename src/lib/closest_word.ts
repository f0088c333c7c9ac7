import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** The known word a person most likely meant, or undefined when none is near. */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest: string = closestString(word, [...known]);
  const distance: number = levenshteinDistance(word.toLowerCase(), nearest.toLowerCase());
  const near = distance <= Math.ceil(Math.max(word.length, nearest.length) / 3);
  return near || (word.length >= 3 && nearest.startsWith(word)) ? nearest : undefined;
}
