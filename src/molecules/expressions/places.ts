import type { Expression, SourcePlace, Template, Turn } from "../definition.ts";

/** Where an offset of an expression stands; undefined for one that stands in no file. */
export function placeInExpression(
  { source, place, turns }: Expression,
  offset: number,
): SourcePlace | undefined {
  return place && placeBehind({ at: 0, place }, { text: source, turns, offset });
}

/** Where an offset of a template stands, in the insertion that begins at `braces`, its `index`th one. */
export function placeInTemplate(
  { text, places, turns }: Template,
  { index, braces, offset }: { index: number; braces: number; offset: number },
): SourcePlace | undefined {
  const place = places?.[index];
  return place && placeBehind({ at: braces, place }, { text, turns, offset });
}

function placeBehind(
  start: { at: number; place: SourcePlace },
  { text, turns = [], offset }: { text: string; turns: readonly Turn[] | undefined; offset: number },
): SourcePlace {
  const turn = turnsWithin(turns, { from: start.at + 1, to: offset + 1 }).at(-1);
  const { at, place } = turn ? { at: turn.at, place: placeOf(turn) } : start;
  const lines = text.slice(at, offset).split("\n").length - 1;
  if (lines === 0) return { ...place, column: place.column + offset - at };
  // Of what was kept without its turns only the line is known behind a break: its indentation was taken away.
  return { ...place, line: place.line + lines, column: 1 };
}

/** The turns from an offset on and before another one. */
export function turnsWithin(
  turns: readonly Turn[],
  { from, to }: { from: number; to: number },
): readonly Turn[] {
  const end = firstFrom(turns, to);
  return end === 0 ? [] : turns.slice(firstFrom(turns, from), end);
}

/** The position of the first turn at an offset or behind it. */
function firstFrom(turns: readonly Turn[], offset: number): number {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (turns[middle]!.at < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeOf({ at: _at, ...place }: Turn): SourcePlace {
  return place;
}
