// Control characters that drive terminals, and marks that turn the direction of text around.
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Those of them that JSON leaves as they are. */
const BEYOND_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere on one line of a terminal: line ends become spaces, other control characters visible escapes. */
export function printable(text: string): string {
  return text.replace(/\s*\r?\n\s*|\t/g, " ").replace(UNSAFE, escaped);
}

/** Text from elsewhere on several lines of a terminal: line ends and tabs stay, other control characters are visible. */
export function printableText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(
    UNSAFE,
    (found) => found === "\n" || found === "\t" ? found : escaped(found),
  );
}

/** A value as JSON that a terminal may show: what drives one is escaped in texts. */
export function printableJson(value: unknown, indent?: number): string | undefined {
  return JSON.stringify(value, null, indent)?.replace(BEYOND_JSON, unicodeEscape);
}

/** The escape that JSON knows for a character. */
export function unicodeEscape(mark: string): string {
  return `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function escaped(found: string): string {
  const code = found.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicodeEscape(found);
}
