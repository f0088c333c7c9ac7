import type { Style } from "../lib/style.ts";
import { clockTime, localTime } from "../ports/time.ts";
import type { TownEvent } from "./event_line.ts";

const DAY = 86_400_000;

/** One event as a line: the time of day (the date too when it is a day ago), and what happened. */
export function eventLine(event: TownEvent, options: { style: Style; now: number }): string {
  const { style, now } = options;
  const time = now - event.at < DAY ? clockTime(event.at) : localTime(event.at);
  return `${style.dim(time)}  ${markOf(event, style)(event.text)}`;
}

function markOf(event: TownEvent, style: Style): (text: string) => string {
  if (event.state === "merged" || event.kind === "closed") return style.green;
  if (event.state === "waiting" || event.state === "escalated") return style.red;
  if (event.kind === "mail") return style.dim;
  if (event.kind === "convoy") return style.cyan;
  return (text) => text;
}
