import { printable } from "../lib/printable.ts";
import type { Style } from "../lib/style.ts";
import type { Ports } from "../ports/ports.ts";
import type { GroupWait } from "../molecules/engine/driver/group_waits.ts";
import { needsBead } from "../molecules/engine/journal/at_rest.ts";
import { type Happened, type OpenRun, runSpan } from "../molecules/engine/journal/run_log.ts";
import { ENDED, hasEnded } from "../molecules/machine/run.ts";
import { runName, type StepAt, stepAt } from "../molecules/engine/journal/step_at.ts";
import { recordsOf } from "../molecules/machine/step_list.ts";
import { stepId } from "../molecules/machine/step_number.ts";
import { createPicture } from "./picture.ts";
import { runLines, spanText, statusSign, stepRemark, stepSpan } from "./run_view.ts";
import { stepName } from "./step_name.ts";
import { tellWaits } from "./run_waits.ts";
import type { Hints } from "./waiting_hints.ts";

/** Tells of a run while it is driven. */
export interface RunReport {
  /** Something happened to steps of a run, or of one nested in it. */
  changed(open: OpenRun, steps: ReadonlySet<string>): void;
  /** Nothing more is to be told. */
  end(): void;
}

/** What telling needs. */
export interface ReportDeps {
  ports: Pick<Ports, "clock" | "terminal">;
  style: Style;
  line(text: string): void;
  /** The last lines that an attempt printed; none for what is no command. */
  tail(open: OpenRun, step: StepAt): readonly string[];
  hints: Hints;
  /** What whoever decides at a gate is asked, by the id of its bead. */
  asked?(bead: string): string | undefined;
  /** What a run waits for in groups. */
  waits?(open: OpenRun): readonly GroupWait[];
}

/** An attempt that has ended, so that all it printed is there; `name` says also which steps it is nested in. */
export interface EndedStep {
  open: OpenRun;
  step: StepAt;
  name: string;
  /** Whether its failure, or that of a step around it, is none of the run. */
  allowFailure: boolean;
}

/** Tells of a run in lines. */
export interface RunLines extends RunReport {
  /** Where a nested run stands: `deploy › `. */
  prefixOf(open: OpenRun): string;
  /** Tells of what shows in no step. */
  happened(open: OpenRun, happened: Happened): void;
}

/** A line for each step that begins, waits, or ends. */
export function createRunLines(
  deps: ReportDeps,
  options: { ended?(ended: EndedStep): void } = {},
): RunLines {
  const told = new Map<string, string>();
  const paused = new Set<string>();
  const places = new Map<string, RunPlace>();
  const stop = new AbortController();
  const { waits } = deps;
  if (waits) void tellWaits({ ...deps, waits }, { places, signal: stop.signal });
  return {
    prefixOf: (open) => placeOf(open, places).prefix,
    happened(open, happened) {
      const { prefix, allowFailure } = placeOf(open, places);
      const text = happenedText(deps.style, { open, happened, prefix });
      if (text !== undefined) deps.line(text);
      if (happened.kind !== "interrupted") return;
      const step = stepAt(open, happened.step);
      options.ended?.({ open, step, name: prefix + stepName(step.id, step.record), allowFailure });
    },
    changed(open, steps) {
      const { prefix, allowFailure } = placeOf(open, places);
      tellPause(deps, { open, prefix, paused });
      for (const id of inOrder(open, steps)) {
        const step = stepAt(open, id);
        if (hasYetToOpen(step)) continue;
        const { status, attempt } = step.record;
        const name = `${open.key} ${id}`;
        const state = `${status} ${attempt}`;
        if (told.get(name) === state) continue;
        told.set(name, state);
        tell(deps, { prefix, step, open });
        if (hasStopped(step.record)) {
          options.ended?.({
            ...{ open, step, name: prefix + stepName(id, step.record) },
            allowFailure: allowFailure || step.definition.allowFailure,
          });
        }
      }
    },
    end: () => stop.abort(),
  };
}

/** Where a run stands among those that it is nested in. */
interface RunPlace {
  open: OpenRun;
  prefix: string;
  allowFailure: boolean;
}

function placeOf(open: OpenRun, places: Map<string, RunPlace>): RunPlace {
  const known = places.get(open.key);
  if (known) {
    // The elements of a fan-out are steps only later.
    known.open = open;
    return known;
  }
  const { parent } = open.begun;
  const around = parent && places.get(parent.run);
  const step = around && stepAt(around.open, parent!.step);
  const name = step ? around.prefix + stepName(step.id, step.record) : parent?.step;
  const place = {
    open,
    prefix: name === undefined ? "" : `${name} › `,
    allowFailure: around?.allowFailure === true || step?.definition.allowFailure === true,
  };
  places.set(open.key, place);
  return place;
}

function happenedText(
  style: Style,
  { open, happened, prefix }: { open: OpenRun; happened: Happened; prefix: string },
): string | undefined {
  const name = `${prefix}${runName(open.key)}`;
  switch (happened.kind) {
    case "interrupted": {
      const { id, record } = stepAt(open, happened.step);
      return `${statusSign(style, "paused")} ${prefix}${stepName(id, record)}  ${style.dim("interrupted")}`;
    }
    case "upgraded":
      return `${statusSign(style, "running")} ${name} has another text: ${
        open.begun.definition.hash.slice(0, 7)
      }`;
    case "retried":
      return `${statusSign(style, "retrying")} ${name} is tried again by ${happened.by}`;
    case "cancelled":
      return `${statusSign(style, "cancelled")} ${name} is ended: ${printable(open.run.reason?.text ?? "")}`;
    default:
      return undefined;
  }
}

function tellPause(
  { line, style }: ReportDeps,
  { open: { key, run }, prefix, paused }: { open: OpenRun; prefix: string; paused: Set<string> },
): void {
  const isPaused = run.status === "paused";
  if (isPaused === paused.has(key)) return;
  if (isPaused) paused.add(key);
  else paused.delete(key);
  const name = runName(key);
  const sign = statusSign(style, isPaused ? "paused" : "running");
  line(`${sign} ${prefix}${name} ${isPaused ? "paused" : hasEnded(run) ? run.status : "goes on"}`);
  if (isPaused) line(style.dim(`    gt mol resume ${name}`));
}

/** Whether an attempt has ended, so that all it printed is there. */
function hasStopped({ status, startedAt }: StepAt["record"]): boolean {
  return ["succeeded", "failed", "retrying"].includes(status) ||
    status === "cancelled" && startedAt !== undefined;
}

/** Whether the bead of a step that waits for somebody, or of a nested run, is still to be made. */
function hasYetToOpen({ definition, record: { status, bead, count } }: StepAt): boolean {
  if (bead !== undefined || count !== undefined) return false;
  return status === "waiting" && needsBead(definition) ||
    status === "running" && definition.action.kind === "molecule";
}

function isOver({ status }: StepAt["record"]): boolean {
  return ENDED.has(status);
}

function inOrder(open: OpenRun, steps: ReadonlySet<string>): string[] {
  // What a fan-out came to is told after its elements.
  const place = ({ index, record }: StepAt) =>
    isOver(record) && record.count !== undefined ? Infinity : index;
  return [...steps].map((id) => stepAt(open, id))
    .sort((one, other) => place(one) - place(other) || one.index - other.index).map(({ id }) => id);
}

/** What somebody is asked so that a step goes on, and what they have to do. */
function hintsOf(
  { asked, hints }: Pick<ReportDeps, "asked" | "hints">,
  { open, step }: { open: OpenRun; step: StepAt },
): string[] {
  const { definition: { action }, record: { bead } } = step;
  const question = action.kind === "gate" && bead !== undefined ? asked?.(bead) : undefined;
  return [...(question === undefined ? [] : question.split("\n").map(printable)), ...hints(open, step)];
}

function tell(deps: ReportDeps, { prefix, step, open }: {
  prefix: string;
  step: StepAt;
  open: OpenRun;
}): void {
  const { ports, style, line, tail } = deps;
  const { record, id } = step;
  const { status } = record;
  if (status === "pending" || status === "ready") return;
  const now = ports.clock.now();
  const span = stepSpan(record, { open, now });
  const parts = [
    statusSign(style, status),
    `${prefix}${stepName(id, record)}`,
    ...(span === undefined || status === "running" || status === "waiting"
      ? []
      : [style.dim(spanText(span))]),
  ];
  const isNested = step.definition.action.kind === "molecule";
  // A line stays as it is: what it says of a pause is the whole of it.
  const remark = stepRemark(record, { now: status === "retrying" ? record.since : now, isNested });
  line(
    `${parts.join(" ")}${
      remark === "" ? "" : `  ${status === "failed" ? style.red(remark) : style.dim(remark)}`
    }`,
  );
  if (status === "waiting") {
    for (const hint of hintsOf(deps, { open, step })) {
      line(style.dim(`    ${hint}`));
    }
  }
  if (status !== "failed" && status !== "retrying" || record.count !== undefined) return;
  for (const each of tail(open, step)) line(`    ${style.dim("│")} ${each}`);
}

/** How often the times of a drawing are renewed, in ms. */
const REDRAW_MS = 200;

/** The tree of a run's steps, drawn over itself; nested runs stand below. */
export function createRunTree(deps: ReportDeps): RunReport {
  const { ports: { clock, terminal }, style } = deps;
  const runs = new Map<string, OpenRun>();
  const stop = new AbortController();
  const picture = createPicture(terminal);
  const known = new Map<string, string | undefined>();
  const asked = (bead: string) => {
    if (!known.has(bead)) known.set(bead, deps.asked?.(bead));
    return known.get(bead);
  };
  const hints: Hints = (open, step) => hintsOf({ asked, hints: deps.hints }, { open, step });
  const draw = () => {
    const columns = terminal.columns();
    const rows = Math.max(6, terminal.rows() - 1);
    const all = [...runs.values()].filter((open, at) => at === 0 || !hasEnded(open.run));
    const share = Math.max(4, Math.floor(rows / Math.max(1, all.length)));
    const lines = all.flatMap((open, at) => {
      const room = at === 0 ? Math.max(share, rows - share * (all.length - 1)) : share;
      const indent = at === 0 ? "" : "    ";
      const options = {
        ...{ style, columns: columns - indent.length, now: clock.now(), rows: room, hints },
        waits: hasEnded(open.run) ? [] : deps.waits?.(open) ?? [],
      };
      return runLines(open, options).map((line) => indent + line);
    });
    picture(lines.slice(0, rows));
  };
  const renew = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // Nobody looks at a picture that comes after others which are not seen yet.
      if (runs.size > 0 && terminal.unread() === 0) draw();
      await clock.sleep(REDRAW_MS, stop.signal);
    }
  };
  renew();
  return {
    changed: (open) => void runs.set(open.key, open),
    end() {
      stop.abort();
      if (runs.size > 0) draw();
      for (const open of runs.values()) tellFailed(deps, open);
    },
  };
}

/** The most failed steps of which is shown what they printed. */
const FAILED_SHOWN = 5;

/** What the steps printed that have failed: there was no room for it while the tree was drawn. */
function tellFailed({ line, style, tail }: ReportDeps, open: OpenRun): void {
  const failed = failedSteps(open);
  for (const step of failed.slice(0, FAILED_SHOWN)) {
    const lines = tail(open, step);
    if (lines.length === 0) continue;
    line(`${statusSign(style, "failed")} ${stepName(step.id, step.record)}`);
    for (const each of lines) line(`    ${style.dim("│")} ${each}`);
  }
}

/** The attempts that have failed, elements of fan-outs among them. */
function failedSteps(open: OpenRun): StepAt[] {
  const found: StepAt[] = [];
  let index = 0;
  for (const { status, count } of recordsOf(open.run.steps)) {
    if (status === "failed" && count === undefined) {
      found.push(stepAt(open, stepId(open.rules, { run: open.run, index })));
    }
    index++;
  }
  return found;
}

/** The last words about a run. */
export function endLines(style: Style, open: OpenRun): string[] {
  const { run, begun, key } = open;
  const name = runName(key);
  const head = `${statusSign(style, run.status)} ${style.bold(begun.definition.name)} ${run.status} in ${
    spanText(runSpan(open, run.since))
  }`;
  if (run.status === "succeeded") return [head];
  return [
    `${head}${run.reason ? `: ${printable(run.reason.text)}` : ""}`,
    style.dim(`  gt mol logs ${name}`),
    style.dim(`  gt mol retry ${name}`),
  ];
}
