import { plainScalar } from "./scalars.ts";

/** A text as YAML has it on one line, in quotes where it must. */
export function yamlValue(text: string): string {
  const isPlain = /^[\w(][^,[\]{}#]*$/.test(text) && !/: |:$| $/.test(text) &&
    typeof plainScalar(text) === "string";
  if (isPlain) return text;
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}
