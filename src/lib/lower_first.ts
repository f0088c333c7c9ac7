/** A text that begins small, so that it can follow a colon; an acronym stays: `JSON Parse error`. */
export function lowerFirst(text: string): string {
  return /^[A-Z][A-Z]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
