const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What a duration looks like: a whole number and a unit, once or more. */
export const durationPattern = /^(\d+(ms|s|m|h|d))+$/;

/** Milliseconds of a duration such as `90s`, `1h30m` or `500ms`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(count) * units[unit as keyof typeof units];
  }
  return total;
}

/** Writes milliseconds as the shortest duration that says the same: `1h30m`. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / units[unit]);
    rest -= count * units[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text || "0s";
}

/** Writes how long ago something was, roughly and briefly: `12s`, `5m`, `3h`, `2d`. */
export function elapsed(ms: number): string {
  for (const unit of ["d", "h", "m"] as const) {
    if (ms >= units[unit]) return `${Math.floor(ms / units[unit])}${unit}`;
  }
  return `${Math.max(0, Math.floor(ms / units.s))}s`;
}
