import { distance } from "fastest-levenshtein";

/** The known word a person most likely meant, or undefined when none is near. */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  const far = known.map((one) => distance(word.toLowerCase(), one.toLowerCase()));
  const least = Math.min(...far);
  const nearest = known[far.indexOf(least)];
  if (nearest === undefined) return undefined;
  const near = least <= Math.ceil(Math.max(word.length, nearest.length) / 3);
  return near || (word.length >= 3 && nearest.startsWith(word)) ? nearest : undefined;
}
