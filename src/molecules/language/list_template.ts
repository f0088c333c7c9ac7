import type { Expression, Template } from "../definition.ts";
import { insertedSource } from "../expressions/compile.ts";
import { templateParts } from "../expressions/template_text.ts";
import { type Field, itemsOf, placeOf, templateOf } from "./field.ts";
import { insertionsOf, joined } from "./rewrite.ts";

type Pieces = (string | Expression)[];

/** A list of values, in each of which `{{ }}` may stand, as the template that gives the list. */
export function listTemplate(field: Field<readonly unknown[]>): Template {
  const items = itemsOf(field).map(piecesOf);
  const { source, place = placeOf(field), turns = [] } = joined(["[", ...between(items, ", "), "]"]);
  const braces = "{{ ";
  return {
    text: `${braces}${source} }}`,
    places: [place],
    ...(turns.length > 0 ? { turns: turns.map((turn) => ({ ...turn, at: turn.at + braces.length })) } : {}),
  };
}

/** One of its values as an expression. */
function piecesOf(item: Field<unknown>): Pieces {
  if (typeof item.value !== "string") return [JSON.stringify(item.value)];
  const template = templateOf(item);
  const insertions = insertionsOf(template)
    .map((insertion) => ({ ...insertion, source: insertedSource(insertion.source) }));
  const parts = templateParts(template.text);
  if (parts.length === 1 && insertions.length === 1) return insertions;
  if (parts.length === 0) return ['""'];
  const texts = parts.map((part): Pieces =>
    "text" in part ? [JSON.stringify(part.text)] : ["text(", insertions.shift()!, ")"]
  );
  return between(texts, " + ");
}

function between(all: readonly Pieces[], sign: string): Pieces {
  return all.flatMap((pieces, at) => at === 0 ? pieces : [sign, ...pieces]);
}
