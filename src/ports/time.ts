/** Milliseconds since the epoch of an RFC 3339 time, or of a day (`2026-11-23`: its local midnight); else undefined. */
export function parseInstant(text: string): number | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!day && !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return undefined;
  const ms = Date.parse(day ? `${text}T00:00:00` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Writes milliseconds since the epoch as RFC 3339 in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The local midnight `days` days after the day of `ms`. */
export function midnight(ms: number, days: number): number {
  const at = new Date(ms);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime();
}

/** Writes milliseconds since the epoch in local time: `2026-11-23 16:05`. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${
    two(at.getMinutes())
  }`;
}

/** Writes milliseconds since the epoch as a local time of day: `16:05:09`. */
export function clockTime(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
