import type { Importing } from "./formula.ts";

/** An id of a formula as one of a molecule. */
export function convertId(id: string): string {
  const plain = plainWords(id).replace(/^[-_]+|[-_]+$/g, "");
  return withLetter(plain === "" ? [...id].map(codeOf).join("-") : plain);
}

/** Letters and digits of a to z as they are, without accents; others by their numbers, and hyphens for all else. */
function plainWords(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[\p{L}\p{N}]/gu, (sign) => /[a-z0-9]/.test(sign) ? sign : ` u${codeOf(sign)} `)
    .replace(/[^a-z0-9_]+/g, "-").replace(/([-_])[-_]+/g, "$1");
}

function codeOf(sign: string): string {
  return sign.codePointAt(0)!.toString(16);
}

/** An id begins with a letter. */
function withLetter(plain: string): string {
  return /^[a-z]/.test(plain) ? plain : `s-${plain}`;
}

/** A pattern for ids of a formula as one for those of the molecule; `*` is any text. */
export function convertPattern(pattern: string): string {
  if (!pattern.includes("*")) return convertId(pattern);
  const [first, ...others] = pattern.split("*").map(plainWords) as [string, ...string[]];
  return [first === "" ? "" : withLetter(first.replace(/^[-_]+/, "")), ...others].join("*");
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
