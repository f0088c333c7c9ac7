/** Writes milliseconds since the epoch as RFC 3339 in UTC: `2026-03-01T09:30:00.000Z`. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Writes milliseconds since the epoch as a time of day on this machine: `09:30:05`. */
export function clockText(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** Reads RFC 3339, or a date, as milliseconds since the epoch; undefined where it is none. */
export function parseInstant(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
