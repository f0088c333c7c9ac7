import { ROOTS } from "../expressions/compile.ts";
import type { Importing } from "./formula.ts";
import { firstOther, type GoPart, goParts } from "./go_template.ts";
import { expressionOf, type Piece, piecesOf, templateOf } from "./text_pieces.ts";

/** What words in single braces, or with a dot before them in double ones, stand for at a place: texts of a molecule. */
export interface Words {
  /** `{target.title}`, by what stands in the braces; undefined for a word that stands for itself. */
  single?: (word: string) => string | undefined;
  /** `{{.leg.title}}`, by what stands behind the dot. */
  dotted?: (word: string) => string | undefined;
}

/** Where a text stands, and what it may say. */
export interface TextPlace {
  importing: Importing;
  path: string;
  words?: Words;
}

/** The name of a variable here: without hyphens, and not that of something else. */
export function variableName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, "_");
  return plain === "__proto__" || (ROOTS as readonly string[]).includes(plain) ? `${plain}_value` : plain;
}

/** A text of a formula with its insertions as those of a molecule; the variables that it reads are kept. */
export function convertText(text: string, place: TextPlace): string {
  return templateOf(convertedPieces(text, place));
}

function convertedPieces(text: string, place: TextPlace): Piece[] {
  const parts = goParts(text);
  const near = firstOther(parts);
  if (near === undefined) return plainly(parts, place);
  if (!place.importing.isStrict) return literally(parts, place);
  place.importing.refuse(
    place.path,
    `"${near}" is neither the name of a variable nor {{if .NAME}}, {{else}} or {{end}}`,
    near,
  );
  return [{ text }];
}

function plainly(parts: readonly GoPart[], place: TextPlace): Piece[] {
  return parts.flatMap((part) => partPieces(part, place));
}

/** Insertions that those tools did not know stayed in the text as they were, and so did words that nobody declares. */
function literally(parts: readonly GoPart[], place: TextPlace): Piece[] {
  return parts.flatMap((part): Piece[] => {
    if (part.kind === "text" || part.kind === "other") return partPieces(part, place);
    const isDeclared = place.importing.isDeclared(part.name);
    if (part.kind === "name") {
      return isDeclared ? partPieces({ ...part, dotted: false }, place) : kept(part.whole, place);
    }
    if (!isDeclared) return literally(part.flat, place);
    return [{ expression: conditional(part, { ...place, convert: literally }) }];
  });
}

function partPieces(part: GoPart, place: TextPlace): Piece[] {
  switch (part.kind) {
    case "text":
      return withSingle(part.text, place);
    case "name":
      return insertion(part.name, { ...place, whole: part.whole, dotted: part.dotted });
    case "if":
      return [{ expression: conditional(part, { ...place, convert: plainly }) }];
    case "other":
      return kept(part.whole, place);
  }
}

/** Words of templates that were no variables there unless they were declared. */
const KEYWORDS = new Set(
  "else this root index key first last end range with block define template nil".split(" "),
);

function insertion(
  name: string,
  { whole, dotted, ...place }: TextPlace & { whole: string; dotted: boolean },
): Piece[] {
  const { words, importing, path } = place;
  const given = dotted ? words?.dotted?.(name) : words?.single?.(name);
  if (given !== undefined) return piecesOf(given);
  const isWord = KEYWORDS.has(name) || name.includes("-") && !importing.isStrict;
  if (name.includes(".") || isWord && !importing.declared.has(name)) {
    if (!importing.isStrict) return kept(whole, place);
    importing.refuse(path, `"${whole}" is none of its words`, whole);
    return [{ text: whole }];
  }
  // A name behind a dot that nobody declares was none of theirs: `docker ps --format "{{.Names}}"`.
  const isUnknown = (dotted && !importing.isStrict || importing.keepsUnknown) &&
    !importing.declared.has(name);
  if (isUnknown) return kept(whole, place);
  return [{ expression: read(name, { ...place, isText: true }) }];
}

function kept(whole: string, { importing, path }: TextPlace): Piece[] {
  importing.note(path, `"${whole}" is text, as it was there`, whole);
  return [{ text: whole }];
}

function withSingle(text: string, { words }: TextPlace): Piece[] {
  if (!words?.single) return [{ text }];
  return text.split(/((?<!\$)\{[A-Za-z_][\w.-]*\})/).flatMap((piece, at) => {
    const given = at % 2 === 0 ? undefined : words.single!(piece.slice(1, -1));
    return given === undefined ? [{ text: piece }] : piecesOf(given);
  });
}

function read(name: string, { importing, path, isText }: TextPlace & { isText: boolean }): string {
  const before = importing.reads.get(name);
  importing.reads.set(name, { path: before?.path ?? path, isText: before?.isText || isText });
  return variableName(name);
}

/** `{{if .x}}…{{else}}…{{end}}` as an expression. */
function conditional(
  part: GoPart & { kind: "if" },
  { convert, ...place }: TextPlace & { convert(parts: readonly GoPart[], place: TextPlace): Piece[] },
): string {
  const value = place.words?.dotted?.(part.name);
  const subject = value === undefined
    ? `vars.${read(part.name, { ...place, isText: false })}`
    : expressionOf(piecesOf(value));
  const [yes, no] = [part.then, part.else].map((parts) => expressionOf(convert(parts, place)));
  return `string(${subject}) in ["", "false"] ? ${no} : ${yes}`;
}

const FALSE_TEXTS = '["", "false", "0", "no", "off"]';

/** `{{v}}`, `!{{v}}`, `{{v}} == x` and `{{v}} != x` as an expression; anything else is refused. */
export function convertCondition(text: string, place: TextPlace): string | undefined {
  // An empty one was always true.
  if (text.trim() === "") return undefined;
  const found = /^(!?)\s*\{\{\s*\.?([A-Za-z_][\w-]*)\s*\}\}\s*(?:(==|!=)\s*(.*))?$/.exec(text.trim());
  if (!found || (found[1] === "!" && found[3] !== undefined)) {
    place.importing.refuse(
      place.path,
      `the condition "${text}" is none of {{v}}, !{{v}}, {{v}} == x and {{v}} != x`,
    );
    return undefined;
  }
  const [, not, name, operator, value = ""] = found;
  const word = place.words?.single?.(name!);
  const variable = word === undefined
    ? `string(vars.${read(name!, { ...place, isText: false })})`
    : expressionOf(piecesOf(word));
  if (operator !== undefined) {
    return `${variable} ${operator} ${JSON.stringify(value.trim().replace(/^(["'])(.*)\1$/s, "$2"))}`;
  }
  const isFalse = `${variable}.lowerAscii() in ${FALSE_TEXTS}`;
  return not === "!" ? isFalse : `!(${isFalse})`;
}
