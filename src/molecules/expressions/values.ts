import type { Json } from "../../lib/json.ts";

/** What cannot be kept as JSON. */
export class NotJson extends Error {}

/** A value for an expression: whole numbers are CEL's `int`, unless `asDouble`. */
export function toCel(value: unknown, { asDouble = false } = {}): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) && !asDouble ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => toCel(item, { asDouble }));
  if (value === null || typeof value !== "object") return value;
  return asMap(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCel(item, { asDouble })])),
  );
}

/** A map for an expression: the library tells what an object is by its constructor, which a key may hide. */
export function asMap(entries: Readonly<Record<string, unknown>>): unknown {
  return Object.hasOwn(entries, "constructor") ? new Map(Object.entries(entries)) : entries;
}

/** What an expression gave, as JSON: a timestamp as RFC 3339, a duration as seconds with `s`. @throws {NotJson} */
export function fromCel(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new NotJson(`${value} is too large`);
    return number;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new NotJson(`${value} is no number to keep`);
    return value;
  }
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(fromCel);
  return fromObject(value);
}

function fromObject(value: unknown): Json {
  // Everything with a calendar, without naming the class of dates.
  const moment = value as { toISOString?: () => string };
  if (typeof moment.toISOString === "function") return moment.toISOString();
  if (value instanceof Map) return fromEntries([...value]);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
    return fromEntries(Object.entries(value as object));
  }
  const seconds = (value as { seconds?: unknown }).seconds;
  if (typeof seconds === "bigint") return `${seconds}s`;
  throw new NotJson("this cannot be kept as a value");
}

function fromEntries(entries: readonly [unknown, unknown][]): Json {
  return Object.fromEntries(entries.map(([key, item]) => [String(key), fromCel(item)]));
}

/** A value inside a text: texts as they are, nothing for null, lists and maps as JSON. */
export function asText(value: Json): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}
