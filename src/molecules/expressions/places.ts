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
  const turn = turns.findLast(({ at }) => at > start.at && at <= offset);
  const { at, place } = turn ? { at: turn.at, place: placeOf(turn) } : start;
  const lines = text.slice(at, offset).split("\n").length - 1;
  if (lines === 0) return { ...place, column: place.column + offset - at };
  // Of what was kept without its turns only the line is known behind a break: its indentation was taken away.
  return { ...place, line: place.line + lines, column: 1 };
}

function placeOf({ at: _at, ...place }: Turn): SourcePlace {
  return place;
}
