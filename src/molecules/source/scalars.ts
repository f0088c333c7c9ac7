import type { ScalarValue } from "./node.ts";

const MAYBE_TYPED = /^[-+.\d~nNtTfF]/;
const INT = /^[-+]?\d+$/;
const OTHER_BASE = /^0(?:o[0-7]+|x[\da-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;

const WORDS: Readonly<Record<string, ScalarValue>> = {
  "": null,
  "~": null,
  null: null,
  Null: null,
  NULL: null,
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
  ".nan": NaN,
  ".NaN": NaN,
  ".NAN": NaN,
};

/** What a scalar without quotes means by the core schema of YAML 1.2. */
export function plainScalar(text: string): ScalarValue {
  if (text === "") return null;
  if (!MAYBE_TYPED.test(text)) return text;
  if (Object.hasOwn(WORDS, text)) return WORDS[text]!;
  if (INT.test(text) || OTHER_BASE.test(text) || FLOAT.test(text)) return Number(text);
  if (INFINITE.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** One escape of a text in double quotes: what it stands for and its length; undefined when there is none like it. */
export function escapeAt(text: string, at: number): { value: string; length: number } | undefined {
  const letter = text[at + 1] ?? "";
  const digits = HEX_DIGITS[letter];
  if (digits === undefined) {
    return Object.hasOwn(ESCAPES, letter) ? { value: ESCAPES[letter]!, length: 2 } : undefined;
  }
  const hex = text.slice(at + 2, at + 2 + digits);
  const code = /^[\da-fA-F]+$/.test(hex) && hex.length === digits ? parseInt(hex, 16) : NaN;
  return code <= 0x10ffff ? { value: String.fromCodePoint(code), length: 2 + digits } : undefined;
}
