import { ROOTS } from "../expressions/compile.ts";
import type { Importing } from "./formula.ts";
import { type GoPart, goParts, GoTemplateProblem } from "./go_template.ts";

/** What words in single braces, or with a dot before them in double ones, stand for at a place. */
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
  return (ROOTS as readonly string[]).includes(plain) ? `${plain}_value` : plain;
}

/** A text of a formula with its insertions as those of a molecule; the variables that it reads are kept. */
export function convertText(text: string, place: TextPlace): string {
  try {
    return goParts(text).map((part) => partText(part, place)).join("");
  } catch (error) {
    if (!(error instanceof GoTemplateProblem)) throw error;
    if (place.importing.isStrict) place.importing.refuse(place.path, error.message, error.near);
    else return literally(text, place);
    return text;
  }
}

/** Insertions that those tools did not know stayed in the text as they were. */
function literally(text: string, place: TextPlace): string {
  return text.split(/(\{\{.*?\}\})/s).map((piece, at) => {
    if (at % 2 === 0) return withSingle(piece, place);
    const [, name] = /^\{\{\s*\.?([A-Za-z_]\w*)\s*\}\}$/.exec(piece) ?? [];
    return name === undefined
      ? kept(piece, place)
      : insertion(name, { ...place, whole: piece, dotted: false });
  }).join("");
}

function partText(part: GoPart, place: TextPlace): string {
  switch (part.kind) {
    case "text":
      return withSingle(part.text, place);
    case "name":
      return insertion(part.name, { ...place, whole: part.whole, dotted: part.dotted });
    case "if":
      return `{{ ${conditional(part, place)} }}`;
  }
}

function insertion(
  name: string,
  { whole, dotted, ...place }: TextPlace & { whole: string; dotted: boolean },
): string {
  const { words, importing, path } = place;
  const given = dotted ? words?.dotted?.(name) : words?.single?.(name);
  if (given !== undefined) return given;
  if (name.includes(".")) {
    if (!importing.isStrict) return kept(whole, place);
    importing.refuse(path, `"${whole}" is none of its words`, whole);
    return whole;
  }
  // A name behind a dot that nobody declares was none of theirs: `docker ps --format "{{.Names}}"`.
  if (dotted && !importing.isStrict && !importing.declared.has(name)) return kept(whole, place);
  return `{{ ${read(name, place)} }}`;
}

function kept(whole: string, { importing, path }: TextPlace): string {
  importing.note(path, `"${whole}" is text, as it was there`);
  return whole.replaceAll("{{", '{{ "{{" }}');
}

function withSingle(text: string, { words }: TextPlace): string {
  if (!words?.single) return text;
  return text.replace(
    /(?<!\$)\{([A-Za-z_][\w.-]*)\}/g,
    (whole, name: string) => words.single!(name) ?? whole,
  );
}

function read(name: string, { importing, path }: TextPlace): string {
  if (!importing.reads.has(name)) importing.reads.set(name, path);
  return variableName(name);
}

/** `{{if .x}}…{{else}}…{{end}}` as an expression. */
function conditional(part: GoPart & { kind: "if" }, place: TextPlace): string {
  const value = place.words?.dotted?.(part.name);
  const subject = value === undefined ? `vars.${read(part.name, place)}` : expressionOf(value);
  const [yes, no] = [part.then, part.else].map((parts) => joined(parts, place));
  return `string(${subject}) in ["", "false"] ? ${no} : ${yes}`;
}

function joined(parts: readonly GoPart[], place: TextPlace): string {
  const pieces = parts.flatMap((part) => {
    if (part.kind === "if") return [`(${conditional(part, place)})`];
    return expressionPieces(partText(part, place));
  });
  return pieces.length === 0 ? '""' : pieces.join(" + ");
}

function expressionOf(text: string): string {
  return expressionPieces(text).join(" + ") || '""';
}

/** A text with insertions as parts of a sum. */
function expressionPieces(text: string): string[] {
  return text.split(/\{\{ (.*?) \}\}/s).flatMap((piece, at) => {
    if (at % 2 === 1) {
      if (piece === '"{{"') return ['"\\u007b\\u007b"'];
      return /^[A-Za-z_]\w*$/.test(piece) ? [`string(vars.${piece})`] : [`string(${piece})`];
    }
    return piece === "" ? [] : [JSON.stringify(piece).replaceAll("{", "\\u007b").replaceAll("}", "\\u007d")];
  });
}

/** An id of a formula as one of a molecule. */
export function convertId(id: string): string {
  const plain = id.toLowerCase().replace(/[^a-z0-9_]+/g, "-").replace(/([-_])[-_]+/g, "$1").replace(
    /^[-_]+|[-_]+$/g,
    "",
  );
  return /^[a-z]/.test(plain) ? plain : `s-${plain}`;
}

/** The name of a formula as that of a molecule. */
export function convertName(name: string): string {
  return convertId(name).replaceAll("_", "-");
}

/** The name that another formula has here, which is kept with the one that was written. */
export function otherName(written: string, importing: Importing): string {
  const name = convertName(written);
  if (!importing.others.has(name)) importing.others.set(name, written);
  return name;
}

const FALSE_TEXTS = '["", "false", "0", "no", "off"]';

/** `{{v}}`, `!{{v}}`, `{{v}} == x` and `{{v}} != x` as an expression; anything else is refused. */
export function convertCondition(text: string, place: TextPlace): string | undefined {
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
  const variable = word === undefined ? `string(vars.${read(name!, place)})` : expressionOf(word);
  if (operator !== undefined) {
    return `${variable} ${operator} ${JSON.stringify(value.trim().replace(/^["']|["']$/g, ""))}`;
  }
  const isFalse = `${variable} in ${FALSE_TEXTS}`;
  return not === "!" ? isFalse : `!(${isFalse})`;
}
