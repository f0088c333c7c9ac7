import type { Bead } from "../ledger/ledger.ts";
import { displayWidth, shortenTo } from "../lib/display_width.ts";
import type { JsonObject } from "../lib/json.ts";
import { present } from "../lib/present.ts";
import { printable } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import { isoTime } from "../ports/time.ts";
import type { GroupWait } from "../molecules/engine/driver/group_waits.ts";
import { type OpenRun, restWithin, runSpan } from "../molecules/engine/journal/run_log.ts";
import type { RunSummary } from "../molecules/engine/journal/run_summary.ts";
import {
  ENDED,
  hasEnded,
  type RunStatus,
  type StepRecord,
  type StepStatus,
} from "../molecules/machine/run.ts";
import { recordAt, recordsOf } from "../molecules/machine/step_list.ts";
import { runName, stepAt } from "../molecules/engine/journal/step_at.ts";
import { stepName } from "./step_name.ts";
import type { Cell } from "./table.ts";
import type { Hints } from "./waiting_hints.ts";

/** The sign of a status, and how it is marked. */
const SIGNS: Readonly<Record<StepStatus | RunStatus, { sign: string; mark: keyof Style }>> = {
  pending: { sign: "·", mark: "dim" },
  ready: { sign: "·", mark: "dim" },
  running: { sign: "▸", mark: "cyan" },
  waiting: { sign: "◆", mark: "yellow" },
  retrying: { sign: "↻", mark: "yellow" },
  paused: { sign: "‖", mark: "yellow" },
  succeeded: { sign: "✓", mark: "green" },
  failed: { sign: "✗", mark: "red" },
  skipped: { sign: "−", mark: "dim" },
  cancelled: { sign: "■", mark: "dim" },
};

/** The sign of a status, marked. */
export function statusSign(style: Style, status: StepStatus | RunStatus): string {
  const { sign, mark } = SIGNS[status];
  return style[mark](sign);
}

/** A duration as people read it: `0.3s`, `12s`, `3m 05s`, `2h 10m`. */
export function spanText(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(seconds / 3_600)}h ${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}m`;
}

/**
 * How long a step took, or takes so far; undefined before it began. A fan-out may have begun before its run ended and was
 * tried again.
 */
export function stepSpan(
  record: StepRecord,
  { open, now }: { open: Pick<OpenRun, "rests">; now: number },
): number | undefined {
  const { startedAt: from } = record;
  if (from === undefined) return undefined;
  const isOver = !["running", "waiting"].includes(record.status);
  const to = isOver ? record.since : now;
  return to - from - restWithin(open, { from, to });
}

/** What there is to say of a step beside its status: why it failed, what it waits for, how often it was tried, its nested run. */
export function stepRemark(
  record: StepRecord,
  { now, isNested }: { now: number; isNested: boolean },
): string {
  const parts: string[] = [];
  if (record.count !== undefined) parts.push(`${record.ended ?? 0} of ${record.count}`);
  if (record.attempt > 1) parts.push(`attempt ${record.attempt}`);
  if (record.status === "retrying") {
    parts.push(`again in ${spanText((record.notBefore ?? now) - now)}`);
  }
  if (record.cached !== undefined && record.status === "succeeded") {
    parts.push(`cached, from ${record.cached}`);
  }
  const { bead, status, reason } = record;
  const isNamed = status === "waiting" || isNested && !reason?.text.includes(bead ?? "");
  if (bead !== undefined && isNamed) parts.push(bead);
  if (record.reason && record.status !== "succeeded") parts.push(printable(record.reason.text));
  return parts.join(", ");
}

/** One step as a line: sign, name, time, remark. */
function stepLine(
  open: OpenRun,
  options: Line & {
    style: Style;
    name: string;
    width: number;
    most: number;
    now: number;
    wait: string | undefined;
  },
): string {
  const { style, width, most, record, now, indent, isNested, hint, wait } = options;
  if (hint !== undefined) return `${indent}    ${style.dim(hint)}`;
  const span = stepSpan(record, { open, now });
  const time = span === undefined ? "" : spanText(span);
  const remark = [stepRemark(record, { now, isNested }), wait].filter(Boolean).join(", ");
  const shown = shortenTo(options.name, Math.max(1, most - indent.length));
  const name = shown + " ".repeat(Math.max(0, width - indent.length - displayWidth(shown)));
  const isQuiet = ["pending", "ready", "skipped", "cancelled"].includes(record.status);
  return `${indent}${statusSign(style, record.status)} ${isQuiet ? style.dim(name) : name}  ${
    style.dim(time.padStart(6))
  }  ${record.status === "failed" ? style.red(remark) : style.dim(remark)}`.trimEnd();
}

/** How a picture of a run is drawn. */
export interface DrawOptions {
  style: Style;
  columns: number;
  now: number;
  /** At most so many lines; finished and untouched steps are left out first. */
  rows?: number;
  /** What is said below a step that waits for somebody. */
  hints?: Hints;
  /** What it waits for in groups. */
  waits?: readonly GroupWait[];
}

/** What a run, or a step of it, waits for in a group. */
export function waitText({ group, heldBy }: GroupWait): string {
  const more = heldBy.length > MOST_NAMED ? ` and ${heldBy.length - MOST_NAMED} more` : "";
  return printable(`waits for group ${group}, held by ${heldBy.slice(0, MOST_NAMED).join(", ")}${more}`);
}

const MOST_NAMED = 3;

/** What a run, or a step of it, waits for in a group, as `--json` gives it. */
export function waitShape({ step, group, heldBy, stuck }: GroupWait): JsonObject {
  return {
    ...present({ step }),
    group,
    held_by: [...heldBy],
    ...(stuck.length > 0 ? { stuck: stuck.map((one) => ({ ...one })) } : {}),
  };
}

/** What frees the places that runs have which do not go on by themselves. */
export function freeingLines(waits: readonly GroupWait[]): string[] {
  const lines = waits.flatMap(({ group, stuck }) =>
    stuck.map(({ run, why }) => {
      const holder = `${run}, which holds group ${group}`;
      const what = why === "paused" ? `${holder}, is paused` : `nobody drives ${holder}`;
      return printable(`${what}: gt mol resume ${run}, or gt mol cancel ${run}`);
    })
  );
  return [...new Set(lines)];
}

/** The command that lets a paused run go on. */
export function resumeCommand({ key }: Pick<OpenRun, "key">): string {
  return `gt mol resume ${runName(key)}`;
}

/** A run as a tree of its steps. */
export function runLines(open: OpenRun, options: DrawOptions): string[] {
  const { style, now, rows = Infinity, columns, waits = [] } = options;
  const { run, rules, begun } = open;
  const wait = waits.find(({ step }) => step === undefined);
  const head = `${statusSign(style, run.status)} ${style.bold(begun.definition.name)} ${
    style.cyan(runName(open.key))
  }  ${begun.bead ? `${begun.bead.id}, ` : ""}${run.status}, ${spanText(runSpan(open, now))}${
    run.reason ? style.dim(`, ${printable(run.reason.text)}`) : ""
  }${wait ? style.dim(`, ${waitText(wait)}`) : ""}`;
  const all = rules.steps.flatMap(({ index, id, section, definition }) => {
    const record = recordAt(run.steps, index);
    // The parts that come after are shown once they matter.
    if (section !== "steps" && run.stage === "steps" && record.status === "pending") return [];
    if (section === "onFailure" && record.status === "skipped") return [];
    const isNested = definition.action.kind === "molecule";
    return [{ id, record, indent: "  ", isNested }, ...elements(open, { index, id, isNested })];
  }).flatMap((line) => withHints(open, { line, hints: options.hints }));
  const resuming = run.status === "paused" ? [style.dim(`    ${resumeCommand(open)}`)] : [];
  const shown = fitted(all, Math.max(1, rows - 2 - resuming.length)).map((line) => ({
    ...line,
    name: stepName(line.id, line.record),
  }));
  // Beside the id there has to be room for sign and time, and a little for what else there is to say.
  const most = Math.max(MOST_BESIDE, columns - MOST_BESIDE);
  const width = Math.min(
    40,
    most,
    Math.max(0, ...shown.map(({ name, indent }) => displayWidth(name) + indent.length)),
  );
  const waiting = new Map(waits.map((one) => [one.step, waitText(one)]));
  const lines = shown.map((one) =>
    stepLine(open, { style, now, width, most, wait: waiting.get(one.id), ...one })
  );
  const steps = (of: readonly Line[]) => of.filter(({ hint }) => hint === undefined).length;
  const left = steps(all) - steps(shown);
  const cut = [head, ...resuming, ...lines, ...(left > 0 ? [style.dim(`  … ${left} more`)] : [])];
  return cut.map((line) => shortenMarked(line, options.columns));
}

/** Columns that sign, time and remark get beside the ids where there are few. */
const MOST_BESIDE = 18;

function withHints(
  open: OpenRun,
  { line, hints }: { line: Line; hints: DrawOptions["hints"] },
): Line[] {
  if (!hints || line.record.status !== "waiting") return [line];
  return [line, ...hints(open, stepAt(open, line.id)).map((hint) => ({ ...line, hint }))];
}

interface Line {
  id: string;
  record: StepRecord;
  indent: string;
  /** Whether it is a run of its own. */
  isNested: boolean;
  /** What is said of the step above, instead of the step. */
  hint?: string;
}

function elements(
  { run }: OpenRun,
  { index, id, isNested }: { index: number; id: string; isNested: boolean },
): Line[] {
  const { first, count = 0 } = recordAt(run.steps, index);
  if (first === undefined) return [];
  return Array.from({ length: count }, (_, at) => ({
    id: `${id}[${at}]`,
    record: recordAt(run.steps, first + at),
    indent: "    ",
    isNested,
  }));
}

/** Which lines are left out last, the most telling first. */
const TELLING: readonly StepStatus[] = [
  "failed",
  "running",
  "waiting",
  "retrying",
  "ready",
  "succeeded",
  "pending",
  "cancelled",
  "skipped",
];

function fitted(lines: readonly Line[], most: number): readonly Line[] {
  if (lines.length <= most) return lines;
  const rankOf = ({ hint, record: { status } }: Line) =>
    hint === undefined ? TELLING.indexOf(status) : TELLING.indexOf("ready") - 0.5;
  const ranked = lines.map((line, at) => ({ at, rank: rankOf(line) }))
    .sort((one, other) => one.rank - other.rank || one.at - other.at);
  const kept = new Set(ranked.slice(0, most).map(({ at }) => at));
  return lines.filter((_line, at) => kept.has(at));
}

/** Cuts a line that may hold marks, which take no room; a line that went over the edge could not be drawn over. */
function shortenMarked(line: string, columns: number): string {
  // deno-lint-ignore no-control-regex
  const parts = line.replace(/[\r\n\t]+/g, " ").split(/(\x1b\[[0-9;]*m)/);
  let left = columns;
  return parts.map((part, at) => {
    const isMark = at % 2 === 1;
    if (isMark || part === "") return part;
    const shown = left > 0 ? shortenTo(part, left) : "";
    left -= displayWidth(shown) < displayWidth(part) ? left : displayWidth(part);
    return shown;
  }).join("");
}

/** How many steps a run has, an element of a fan-out for each, and how many of them have ended. */
export function stepCounts({ steps }: OpenRun["run"]): { ended: number; total: number } {
  const records = [...recordsOf(steps)].filter(({ count }) => count === undefined);
  return { ended: records.filter(({ status }) => ENDED.has(status)).length, total: records.length };
}

/** A run that cannot be read as a row like {@linkcode runRow}. */
export function unreadableRow(
  { bead, summary, trouble }: { bead: Bead; summary: RunSummary; trouble: Error },
  style: Style,
): Cell[] {
  return [
    { text: "!", mark: style.red },
    { text: bead.id, mark: style.cyan },
    { text: printable(summary.molecule) },
    { text: "unreadable", mark: style.red },
    { text: "" },
    { text: "" },
    { text: printable(trouble.message), mark: style.dim },
  ];
}

/** A run as a row of a table: sign and id, molecule, status, steps done, time, and who drives it, as it is said. */
export function runRow(
  open: OpenRun,
  { style, now, by }: { style: Style; now: number; by: string },
): Cell[] {
  const { run, begun, key } = open;
  const { ended, total } = stepCounts(run);
  return [
    { text: SIGNS[run.status].sign, mark: () => statusSign(style, run.status) },
    { text: runName(key), mark: style.cyan },
    { text: begun.definition.name },
    { text: run.status },
    { text: `${ended}/${total}` },
    { text: spanText(runSpan(open, now)), mark: style.dim },
    { text: run.reason ? printable(run.reason.text) : by, mark: style.dim },
  ];
}

/** A run as `--json` gives it. Times are RFC 3339, spans are ms. */
export function runShape(open: OpenRun, now: number): JsonObject {
  const { run, begun, rules, key, began } = open;
  const end = hasEnded(run) ? run.since : undefined;
  const steps = rules.steps.flatMap(({ index, id }) => {
    const record = recordAt(run.steps, index);
    return [
      stepShape(open, { id, record, now }),
      ...elements(open, { index, id, isNested: false }).map((one) => stepShape(open, { ...one, now })),
    ];
  });
  return {
    id: runName(key),
    molecule: begun.definition.name,
    version: begun.definition.version,
    hash: begun.definition.hash,
    status: run.status,
    ...present({ reason: run.reason?.text, driver: run.driver?.by }),
    vars: begun.values,
    ...present({ bead: begun.bead?.id }),
    started_at: isoTime(began),
    ...(end === undefined ? {} : { ended_at: isoTime(end) }),
    duration_ms: runSpan(open, now),
    steps,
  };
}

function stepShape(
  open: OpenRun,
  { id, record, now }: { id: string; record: StepRecord; now: number },
): JsonObject {
  const { status, attempt, reason, code, outputs, bead, startedAt, item, notBefore, cached } = record;
  const span = stepSpan(record, { open, now });
  return {
    id,
    status,
    attempt,
    ...present({
      ...{ outputs, bead, item, exit_code: code, cached },
      reason: reason?.text,
      reason_kind: reason?.kind,
      started_at: startedAt === undefined ? undefined : isoTime(startedAt),
      duration_ms: span,
      not_before: status === "retrying" && notBefore !== undefined ? isoTime(notBefore) : undefined,
    }),
  } as JsonObject;
}
