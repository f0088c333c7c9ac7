import { runName } from "../molecules/engine/journal/step_at.ts";
import { type OpenRun, runSpan } from "../molecules/engine/journal/run_log.ts";
import type { StepRecord } from "../molecules/machine/run.ts";
import { type NestedRuns, type ReportStep, reportSteps } from "./report_steps.ts";
import { spanText, stepSpan } from "./run_view.ts";

/** What GitHub takes of a summary, in bytes: of a larger one it shows nothing at all. */
export const MOST_SUMMARY = 1024 * 1024;

/** The longest text of a cell, in characters. */
const LONGEST = 500;

/**
 * A run as Markdown, for the summary of a job; `room` is how many bytes are left for it. What does not fit is left out,
 * steps that succeeded or were skipped first.
 */
export function summaryText(
  open: OpenRun,
  { now, nested, room = MOST_SUMMARY }: { now: number; nested: NestedRuns; room?: number },
): string {
  const { begun, run, key } = open;
  const why = run.reason ? `: ${markdown(run.reason.text)}` : "";
  const head = [
    `### ${markdown(begun.definition.name)}: ${run.status}`,
    "",
    `Run ${markdown(runName(key))}, ${spanText(runSpan(open, now))}${why}`,
    "",
    "| Step | Status | Time | |",
    "| --- | --- | --- | --- |",
    "",
  ].join("\n");
  const steps = reportSteps(open, nested);
  const rows = steps.map((step) => ({ step, text: rowOf(step, now) }));
  const most = room - bytesOf(head) - bytesOf(leftOut(steps));
  if (most < 0) return "";
  const kept = keptRows(rows, most);
  const left = rows.filter((row) => !kept.has(row)).map(({ step }) => step);
  return head + rows.filter((row) => kept.has(row)).map(({ text }) => text).join("") + leftOut(left) + "\n";
}

interface Row {
  step: ReportStep;
  text: string;
}

/** As many as there is room for, in bytes: those first that somebody has to look at. */
function keptRows(rows: readonly Row[], most: number): ReadonlySet<Row> {
  const isCalm = ({ step: { record: { status } } }: Row) => status === "succeeded" || status === "skipped";
  const kept = new Set<Row>();
  let left = most;
  for (const row of [...rows.filter((row) => !isCalm(row)), ...rows.filter(isCalm)]) {
    left -= bytesOf(row.text);
    if (left < 0) break;
    kept.add(row);
  }
  return kept;
}

/** `3 steps are left out: 2 succeeded, 1 skipped`. */
function leftOut(steps: readonly ReportStep[]): string {
  if (steps.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { record: { status } } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  const each = [...counts].map(([status, count]) => `${count} ${status}`).join(", ");
  return `\n${steps.length === 1 ? "1 step is" : `${steps.length} steps are`} left out: ${each}\n`;
}

function rowOf({ name, record, open, allowFailure }: ReportStep, now: number): string {
  const span = stepSpan(record, { open, now });
  const isAllowed = record.status === "failed" && allowFailure;
  const status = isAllowed ? "failed, which is allowed" : record.status;
  const cells = [name, status, span === undefined ? "" : spanText(span), remark(record)];
  return `| ${cells.map(markdown).join(" | ")} |\n`;
}

function remark({ reason, cached, status }: StepRecord): string {
  return reason?.text ?? (cached === undefined || status !== "succeeded" ? "" : `cached, from ${cached}`);
}

/** Text on one line in which nothing means anything to Markdown: neither a tag, code, a link nor the end of a cell. */
function markdown(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(/\s*\n\s*/g, " ")
    .replace(/[&<>`\\|*]|\](?=[(\[])/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
