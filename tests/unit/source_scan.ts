/**
 * Reads TypeScript sources lightly: enough to know imports, declarations and how long functions are.
 *
 * @module
 */

/** A function with the lines it takes up. */
export interface ScannedFunction {
  name: string;
  line: number;
  lines: number;
}

/** An exported declaration. */
export interface ScannedExport {
  name: string;
  line: number;
  /** The comment in front of it, without its stars. */
  doc: string | undefined;
  reexport: boolean;
}

/** An import of another file or package. */
export interface ScannedImport {
  from: string;
  line: number;
  /** Whether it happens when the module is loaded, and is more than types. */
  eager: boolean;
  typeOnly: boolean;
}

/** The text with every comment, string, template and regular expression blanked; lines and columns stay. */
export function blankOut(text: string): string {
  const out = text.split("");
  const blank = (from: number, to: number) => {
    for (let at = from; at < to; at++) if (out[at] !== "\n") out[at] = " ";
  };
  /** Nesting of `${` in templates: for each, the depth of braces inside. */
  const templates: number[] = [];
  let at = 0;
  const skipTemplate = (start: number) => {
    let end = start;
    while (end < text.length && text[end] !== "`" && !(text[end] === "$" && text[end + 1] === "{")) {
      end += text[end] === "\\" ? 2 : 1;
    }
    blank(start, end);
    if (text[end] === "$") {
      blank(end, end + 2);
      templates.push(0);
      return end + 2;
    }
    return end + 1;
  };
  while (at < text.length) {
    const char = text[at]!;
    const pair = text.slice(at, at + 2);
    if (pair === "//" || pair === "/*") {
      const close = pair === "//" ? text.indexOf("\n", at) : text.indexOf("*/", at + 2) + 2;
      const end = close < at ? text.length : close;
      blank(at, end);
      at = end;
    } else if (char === '"' || char === "'") {
      let end = at + 1;
      while (end < text.length && text[end] !== char) end += text[end] === "\\" ? 2 : 1;
      blank(at + 1, end);
      at = end + 1;
    } else if (char === "`") {
      at = skipTemplate(at + 1);
    } else if (char === "/" && startsRegExp(text, at)) {
      const end = endOfRegExp(text, at);
      blank(at + 1, end);
      at = end + 1;
    } else if (templates.length > 0 && char === "}" && templates.at(-1) === 0) {
      templates.pop();
      blank(at, at + 1);
      at = skipTemplate(at + 1);
    } else {
      if (templates.length > 0 && char === "{") templates[templates.length - 1]!++;
      if (templates.length > 0 && char === "}") templates[templates.length - 1]!--;
      at++;
    }
  }
  return out.join("");
}

function startsRegExp(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at).trimEnd();
  return before === "" || /[=(,:;!&|?{}[+>]$|\breturn$|\btypeof$|=>$/.test(before);
}

function endOfRegExp(text: string, at: number): number {
  let inClass = false;
  for (let end = at + 1; end < text.length; end++) {
    const char = text[end];
    if (char === "\n") return at;
    if (char === "\\") end++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) return end;
  }
  return at;
}

/** The line of a position, counted from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}

/** Functions, methods and arrow functions with a body in braces. */
export function scanFunctions(text: string): ScannedFunction[] {
  const code = blankOut(text);
  const heads = [
    /\bfunction\b\s*\*?\s*([\w$]*)\s*(?:<[^(]*>)?\(/g,
    /(?:^|\n)[ \t]*(?:(?:public|private|static|override|async|get|set)\s+)*(?!if\b|for\b|while\b|switch\b|catch\b|return\b|function\b|await\b|new\b|super\b)([\w$]+)\s*(?:<[^(\n]*>)?\(/g,
    /\b(?:const|let)\s+([\w$]+)[^=\n]*=\s*(?:async\s*)?(?:<[^(\n]*>)?\(/g,
  ];
  const found = new Map<number, ScannedFunction>();
  for (const head of heads) {
    for (const match of code.matchAll(head)) {
      const open = match.index + match[0].length - 1;
      const body = bodyAfter(code, open);
      if (!body || found.has(body.start)) continue;
      const line = lineAt(code, match.index + match[0].search(/\S/));
      found.set(body.start, {
        name: match[1] || "(anonymous)",
        line,
        lines: lineAt(code, body.end) - line + 1,
      });
    }
  }
  return [...found.values()];
}

/** The braces that follow a parameter list, or undefined where this is a call or a type. */
function bodyAfter(code: string, open: number): { start: number; end: number } | undefined {
  const close = closing(code, open);
  if (close === undefined) return undefined;
  const after = /^\s*(?::[^;={]*(?:\{[^{}]*\}[^;={]*)?)?(?:=>\s*)?\{/.exec(
    code.slice(close + 1, close + 600),
  );
  if (!after) return undefined;
  const start = close + after[0].length;
  const end = closing(code, start);
  return end === undefined ? undefined : { start, end };
}

function closing(code: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    const char = code[at]!;
    if ("([{".includes(char)) depth++;
    else if (")]}".includes(char) && --depth === 0) return at;
  }
  return undefined;
}

/** Everything a module exports, with its docstring. */
export function scanExports(text: string): ScannedExport[] {
  const code = blankOut(text);
  const pattern =
    /^export\s+(?:(?:declare|abstract|async|default)\s+)*(?:(?:function\s*\*?|class|interface|type|const|let|enum)\s+([\w$]+)|(\{|\*))/gm;
  return [...code.matchAll(pattern)].map((match) => {
    const reexport = match[2] === "*" || match[2] === "{";
    return {
      name: match[1] ?? "(re-export)",
      line: lineAt(code, match.index),
      doc: docBefore(text, match.index),
      reexport,
    };
  });
}

function docBefore(text: string, position: number): string | undefined {
  const before = text.slice(0, position).trimEnd();
  if (!before.endsWith("*/")) return undefined;
  const start = before.lastIndexOf("/**");
  if (start < 0) return undefined;
  return before.slice(start + 3, -2).split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n")
    .trim();
}

/** Everything a module imports. */
export function scanImports(text: string): ScannedImport[] {
  const code = blankOut(text);
  const found: ScannedImport[] = [];
  const clause = String.raw`(?:import|export)\s+(type\s+)?([\w$*{}\s,]+?)\s+from\s*`;
  const pattern = new RegExp(String.raw`^(${clause}|import\s*)["']|\bimport\(\s*["']`, "gm");
  for (const match of code.matchAll(pattern)) {
    const start = match.index + match[0].length;
    const from = text.slice(start, start + text.slice(start).search(/["']/));
    const isStatement = match[1] !== undefined;
    const typeOnly = isStatement && (match[2] !== undefined || namesOnlyTypes(match[3] ?? ""));
    found.push({ from, line: lineAt(code, start), typeOnly, eager: isStatement && !typeOnly });
  }
  return found;
}

/** Whether a list of imported names marks every one as a type: such an import loads nothing. */
function namesOnlyTypes(clause: string): boolean {
  return /^\{\s*(?:type\s+[\w$]+(?:\s+as\s+[\w$]+)?\s*,?\s*)+\}$/.test(clause.trim());
}
