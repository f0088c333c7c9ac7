import type { Style } from "../lib/style.ts";
import { elapsed } from "../lib/duration.ts";
import { printable } from "../lib/printable.ts";
import { pauseText } from "./pause.ts";
import type { QueueReport, QueueRow } from "./queue_report.ts";

/** How to write a queue; `now` is in ms since the epoch. */
export interface QueueTextOptions {
  style: Style;
  now: number;
}

/** A queue as lines for a person: a heading, then a line an entry. */
export function queueLines(report: QueueReport, options: QueueTextOptions): string[] {
  const { style, now } = options;
  const lines = [`${style.bold(report.rig)}  ${headline(report)}`];
  if (report.paused) {
    lines.push(`  ${style.yellow(printable(pauseText(report.paused)))}  gt mq resume ${report.rig}`);
  }
  if (report.unreachable) {
    const since = elapsed(now - report.unreachable.since);
    lines.push(
      `  ${style.yellow(`the remote does not answer, for ${since}`)}: ${
        printable(report.unreachable.reason)
      }`,
    );
  }
  const width = Math.max(0, ...report.entries.map((entry) => entry.bead.length));
  for (const entry of report.entries) lines.push(entryLine(entry, { ...options, width }));
  return lines;
}

/** What an entry is at, in words. */
export function entryState(entry: QueueRow, now: number): string {
  if (entry.check) return `checks ${entry.check.name} for ${elapsed(now - entry.check.started_at)}`;
  if (entry.state === "merging") return "merging";
  if (entry.not_before !== undefined) return `again in ${elapsed(entry.not_before - now + 999)}`;
  return "queued";
}

function headline(report: QueueReport): string {
  const count = report.entries.length;
  const queued = count === 0 ? "nothing to merge" : `${count} to merge`;
  const verifying = report.verifying.length;
  return verifying === 0 ? queued : `${queued}, ${verifying} being verified`;
}

function entryLine(entry: QueueRow, options: QueueTextOptions & { width: number }): string {
  const { style, now, width } = options;
  const state = entryState(entry, now);
  const marked = entry.state === "merging"
    ? style.cyan(state)
    : entry.reason === undefined
    ? state
    : style.yellow(state);
  const reason = entry.reason === undefined ? "" : style.yellow(`  refused: ${printable(entry.reason)}`);
  const who = `P${entry.priority} ${(entry.worker ?? "").padEnd(10)}`;
  const age = style.dim(elapsed(now - entry.since).padStart(4));
  const position = String(entry.position).padStart(3);
  return `${position}  ${style.bold(entry.bead.padEnd(width))}  ${who} ${age}  ${marked}  ` +
    `${printable(entry.title)}${reason}`;
}
