import { templateParts } from "../expressions/template_text.ts";

/** A part of a text of a molecule: words as they are, or the expression of a `{{ }}`. */
export type Piece = { text: string } | { expression: string };

/** The parts of a text of a molecule. */
export function piecesOf(template: string): Piece[] {
  return templateParts(template).map((part): Piece => {
    if ("text" in part) return part;
    // Braces that are written as text.
    return /^"[{]+"$/.test(part.source) ? { text: part.source.slice(1, -1) } : { expression: part.source };
  });
}

/** The text of a molecule that has these parts; braces in words stay what they are. */
export function templateOf(pieces: readonly Piece[]): string {
  return joined(pieces).map((piece, at, all) => {
    if ("expression" in piece) return `{{ ${piece.expression} }}`;
    const text = piece.text.replaceAll("{{", '{{ "{{" }}');
    // A brace right before an insertion would become one of its own.
    return at < all.length - 1 && text.endsWith("{") ? `${text.slice(0, -1)}{{ "{" }}` : text;
  }).join("");
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last && "text" in last && "text" in piece) all[all.length - 1] = { text: last.text + piece.text };
    else all.push(piece);
  }
  return all;
}

/** Parts of a text as one expression: a sum. */
export function expressionOf(pieces: readonly Piece[]): string {
  const parts = joined(pieces).flatMap((piece) => {
    if ("text" in piece) return piece.text === "" ? [] : [textIn(piece.text)];
    const { expression } = piece;
    if (/^[A-Za-z_]\w*$/.test(expression)) return [`string(vars.${expression})`];
    return [expression.includes(" ? ") ? `(${expression})` : `string(${expression})`];
  });
  return parts.join(" + ") || '""';
}

/** A text in an expression, without braces, which would end the insertion around it. */
function textIn(text: string): string {
  return JSON.stringify(text).replaceAll("{", "\\u007b").replaceAll("}", "\\u007d");
}
