import type { Expression, Template, Turn } from "../definition.ts";
import { placeInExpression, placeInTemplate, turnsWithin } from "../expressions/places.ts";
import { templateParts } from "../expressions/template_text.ts";

/** A part of an expression that something else takes the place of. */
export interface Replacement {
  start: number;
  end: number;
  by: Expression;
}

/** An expression made of others, each of which keeps its place, and of texts that stand nowhere. */
export function joined(pieces: readonly (string | Expression)[]): Expression {
  let source = "";
  const turns: Turn[] = [];
  for (const piece of pieces) {
    const at = source.length;
    if (typeof piece !== "string") {
      if (piece.place && at > 0) turns.push({ ...piece.place, at });
      for (const turn of piece.turns ?? []) turns.push({ ...turn, at: at + turn.at });
    }
    source += typeof piece === "string" ? piece : piece.source;
  }
  const place = pieces.find((piece) => typeof piece !== "string" && piece.place) as Expression | undefined;
  return { source, ...(place ? { place: place.place! } : {}), ...(turns.length > 0 ? { turns } : {}) };
}

/** An expression with some of its parts replaced, in their order; itself where none is. */
export function withReplaced(expression: Expression, replacements: readonly Replacement[]): Expression {
  if (replacements.length === 0) return expression;
  const pieces: Expression[] = [];
  let done = 0;
  for (const { start, end, by } of replacements) {
    if (start > done) pieces.push(partOf(expression, { start: done, end: start }));
    pieces.push(by);
    done = end;
  }
  const { length } = expression.source;
  if (done < length) pieces.push(partOf(expression, { start: done, end: length }));
  return joined(pieces);
}

function partOf(expression: Expression, { start, end }: { start: number; end: number }): Expression {
  const place = placeInExpression(expression, start);
  const turns = turnsWithin(expression.turns ?? [], { from: start + 1, to: end });
  return {
    source: expression.source.slice(start, end),
    ...(place ? { place } : {}),
    ...(turns.length > 0 ? { turns: shifted(turns, -start) } : {}),
  };
}

function shifted(turns: readonly Turn[], by: number): Turn[] {
  return turns.map((turn) => ({ ...turn, at: turn.at + by }));
}

/** The expressions of a template, in their order. */
export function insertionsOf(template: Template): Expression[] {
  let index = 0;
  return templateParts(template.text).flatMap((part) => {
    if ("text" in part) return [];
    const { source, at: braces, from } = part;
    const place = placeInTemplate(template, { index: index++, braces, offset: from });
    const turns = turnsWithin(template.turns ?? [], { from: from + 1, to: from + source.length });
    return {
      source,
      ...(place ? { place } : {}),
      ...(turns.length > 0 ? { turns: shifted(turns, -from) } : {}),
    };
  });
}

/** A template with each of its expressions changed; itself where all of them stay the same. */
export function withInsertions(
  template: Template,
  change: (expression: Expression) => Expression,
): Template {
  const before = insertionsOf(template);
  const after = before.map(change);
  if (after.every((expression, index) => expression === before[index])) return template;
  let text = "";
  let done = 0;
  let index = 0;
  const turns: Turn[] = [];
  for (const part of templateParts(template.text)) {
    if ("text" in part) continue;
    const { source, at: braces, from } = part;
    const inside = turnsWithin(template.turns ?? [], { from: braces + 1, to: from + 1 });
    turns.push(...shifted(inside, text.length - done));
    text += template.text.slice(done, from);
    const changed = after[index++]!;
    turns.push(...shifted(changed.turns ?? [], text.length));
    text += changed.source;
    done = from + source.length;
  }
  const { places } = template;
  return {
    text: text + template.text.slice(done),
    ...(places ? { places } : {}),
    ...(turns.length > 0 ? { turns } : {}),
  };
}
