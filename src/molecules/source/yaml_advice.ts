import { yamlValue } from "./yaml_value.ts";

/** What the library found wrong, and where. */
export interface YamlFault {
  code: string;
  message: string;
  offset: number;
}

/** The same in plain words, with what to write; where it is to be said, which may be before or behind. */
export interface YamlAdvice {
  offset: number;
  message: string;
}

/** A line of the text with what stands around the fault. */
interface Faulty extends YamlFault {
  text: string;
  /** Offset of the line, and the line. */
  start: number;
  line: string;
  /** The last line before it that is not blank. */
  before: string;
}

/** Explains a fault by the lines it stands in; undefined for one that the library's own words will do for. */
export function yamlAdvice(text: string, fault: YamlFault): YamlAdvice | undefined {
  const start = text.lastIndexOf("\n", fault.offset - 1) + 1;
  const line = lineAt(text, start);
  const before = text.slice(0, start).split("\n").findLast((each) => each.trim() !== "") ?? "";
  const faulty: Faulty = { ...fault, text, start, line, before };
  for (
    const explain of [
      missingBlank,
      unclosed,
      outOfQuotes,
      wrongStart,
      wrongEscape,
      unindented,
      deeper,
      shifted,
    ]
  ) {
    const found = explain(faulty);
    if (found) return found;
  }
  return undefined;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end);
}

function indentOf(line: string): number {
  return /^ */.exec(line)![0].length;
}

const UNREAD = new Set(["MISSING_CHAR", "MULTILINE_IMPLICIT_KEY", "BLOCK_AS_IMPLICIT_KEY", "BAD_INDENT"]);

/** `run:make`, `-id: a`. */
function missingBlank({ code, line, start }: Faulty): YamlAdvice | undefined {
  if (!UNREAD.has(code)) return undefined;
  const dash = /^( *)-(\w[\w-]*:.*)$/.exec(line);
  if (dash) {
    return {
      offset: start + dash[1]!.length,
      message: `a blank is missing behind the dash: write - ${dash[2]}`,
    };
  }
  const other = /^( *(?:- +)?[\w-]+:)([^\S ])/.exec(line);
  if (other) {
    const sign = other[2]!.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return {
      offset: start + other[1]!.length,
      message: `what looks like a blank is U+${sign} here; write a plain blank`,
    };
  }
  const colon = /^( *(?:- +)?)([A-Za-z_][\w-]*):([^\s:/\\].*)$/.exec(line);
  if (!colon) return undefined;
  const [, indent, key, value] = colon;
  const message = `a blank is missing behind the colon: write ${key}: ${yamlValue(value!.trim())}`;
  return { offset: start + indent!.length, message };
}

/** A bracket without its other one. */
function unclosed({ message, offset, text }: Faulty): YamlAdvice | undefined {
  const kind = /^Flow (map|sequence) .*must .*end with a/.exec(message)?.[1];
  if (kind === undefined) return undefined;
  const [open, close] = kind === "map" ? ["{", "}"] : ["[", "]"];
  let depth = 0;
  for (let at = offset - 1; at >= 0; at--) {
    if (text[at] === close) depth++;
    else if (text[at] === open && depth-- === 0) {
      return { offset: at, message: `the "${open}" that begins here has no "${close}"` };
    }
  }
  return undefined;
}

/** The value that a key of the line has, and where it begins in it. */
function valueIn(line: string): { key: string; at: number; value: string } | undefined {
  const found = /^( *(?:- +)*([\w-]+): +)(.*?)(?: +#.*)?$/.exec(line);
  return found ? { key: found[2]!, at: found[1]!.length, value: found[3]!.trimEnd() } : undefined;
}

/** What goes on behind the quote or the bracket that ends it. */
function outOfQuotes({ code, message, line, start, offset }: Faulty): YamlAdvice | undefined {
  if (code !== "UNEXPECTED_TOKEN") return undefined;
  const column = offset - start;
  const insertion = line.startsWith("{{", column) &&
    /[{[].*?(?:([\w-]+): +)?([^\s,{}[\]:][^,{}[\]]*)$/.exec(line.slice(0, column));
  if (insertion) {
    const [, key, text] = insertion;
    const end = line.indexOf("}}", column);
    const value = `${text}${line.slice(column, end < 0 ? undefined : end + 2)}`;
    const written = key === undefined ? yamlValue(value) : `${key}: ${yamlValue(value)}`;
    return { offset, message: `between brackets a text with {{ }} must stand in quotes: write ${written}` };
  }
  const own = valueIn(line);
  if (!own) return undefined;
  const { key, at, value } = own;
  const first = value[0]!;
  if (message.includes("block-seq-ind")) {
    const hint = `a list begins on the next line; a text that begins with - must stand in quotes`;
    return { offset: start + at, message: `${hint}: write ${key}: ${yamlValue(value)}` };
  }
  if (!message.includes("at node end")) return undefined;
  if (first === '"' || first === "'") {
    const inner = value.endsWith(first) && value.length > 1 ? value.slice(1, -1) : value;
    const hint = `the quotation that begins in column ${at + 1} ends before this`;
    return { offset, message: `${hint}: write ${key}: ${yamlValue(inner)}` };
  }
  if (first !== "[" && first !== "{") return undefined;
  return {
    offset: start + at,
    message: `a text that begins with ${first} must stand in quotes: write ${key}: ${yamlValue(value)}`,
  };
}

/** A sign that no value can begin with. */
function wrongStart({ code, line, start, offset }: Faulty): YamlAdvice | undefined {
  if (code !== "BAD_SCALAR_START" && code !== "BAD_ALIAS") return undefined;
  const message = startAdvice(line, offset - start);
  return message === undefined ? undefined : { offset, message };
}

/** What is said of a value that begins with a sign which means something else in YAML, at a column of a line. */
export function startAdvice(line: string, column: number): string | undefined {
  const first = line[column];
  const own = valueIn(line);
  const written = own?.at === column ? `: write ${own.key}: ${yamlValue(own.value)}` : "";
  return first === undefined ? undefined : `a text that begins with ${first} must stand in quotes${written}`;
}

function wrongEscape({ code, offset, line, start }: Faulty): YamlAdvice | undefined {
  if (code !== "BAD_DQ_ESCAPE") return undefined;
  const own = valueIn(line);
  const isWhole = own !== undefined && own.value.length > 1 && own.value.endsWith('"');
  const hint = isWhole ? `: write ${own.key}: ${yamlValue(own.value.slice(1, -1))}` : "";
  const escape = line.slice(offset - start, offset - start + 2);
  return {
    offset,
    message: `${escape} is no escape of double quotes; in single quotes a backslash is one${hint}`,
  };
}

const HEADER = /[:-] +[|>][-+0-9]* *(?:#.*)?$/;

/** A line of a text behind `|` or `>` that is not further to the right than its key, or than the lines above it. */
function unindented({ code, text, line, start, before }: Faulty): YamlAdvice | undefined {
  if (!UNREAD.has(code)) return undefined;
  const indent = indentOf(line);
  const said = (header: string, column: number): YamlAdvice => ({
    offset: start + indent,
    message:
      `the lines of the text behind "${header.trim()}" begin in one column, further to the right than its key: ` +
      `column ${column + 1}`,
  });
  if (HEADER.test(before)) return said(before, keyColumn(before) + 2);
  const above = text.slice(0, start).split("\n").filter((each) => each.trim() !== "");
  const header = above.findLastIndex((each) => HEADER.test(each));
  if (header < 0) return undefined;
  const lines = above.slice(header + 1);
  const own = indentOf(lines[0] ?? "");
  const isInside = lines.every((each) => indentOf(each) >= own) && indent < own &&
    indent > keyColumn(above[header]!);
  return isInside ? said(above[header]!, own) : undefined;
}

/** The column, from 0, in which the keys of the map begin that a line is of. */
function keyColumn(line: string): number {
  return /^ *(?:- +)*/.exec(line)![0].length;
}

/** A value of a line, and below it a line further to the right that has keys. */
function deeper({ code, text, line, start, offset }: Faulty): YamlAdvice | undefined {
  if (code !== "BLOCK_AS_IMPLICIT_KEY" || /:(?: |$)/.test(line.slice(offset - start))) return undefined;
  const next = /\n(?:[ \t]*\n)*( *)(\S)/g;
  next.lastIndex = start + line.length;
  const found = next.exec(text);
  if (!found) return undefined;
  return {
    offset: next.lastIndex - 1,
    message: `this begins further to the right than the keys of its map: "${wordOf(line)}" begins in column ${
      keyColumn(line) + 1
    }`,
  };
}

function wordOf(line: string): string {
  return /[\w-]+/.exec(line.slice(keyColumn(line)))?.[0] ?? line.trim();
}

/** A line whose column is none of those above it. */
function shifted({ code, message, text, line, start }: Faulty): YamlAdvice | undefined {
  const indent = indentOf(line);
  const offset = start + indent;
  if (code === "BAD_INDENT" || message.startsWith("Sequence item without")) {
    const above = text.slice(0, start).split("\n").findLast((each) =>
      each.trim() !== "" && keyColumn(each) >= indent
    );
    const near = above === undefined
      ? ""
      : `; "${wordOf(above)}" above begins in column ${keyColumn(above) + 1}`;
    return { offset, message: `the keys of a map begin in one column, and its lists in one${near}` };
  }
  if (code !== "MISSING_CHAR" && code !== "MULTILINE_IMPLICIT_KEY") return undefined;
  return { offset, message: `expected KEY: VALUE, found ${JSON.stringify(line.trim().slice(0, 60))}` };
}
