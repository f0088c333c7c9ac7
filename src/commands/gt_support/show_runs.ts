/**
 * How `gt mol status` answers.
 *
 * @module
 */
import type { Context } from "../../cli/command.ts";
import type { Bead, BeadKey, Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import {
  allSteps,
  followFromNow,
  followToEnd,
  pausedWithin,
  type RunSeen,
  runTree,
} from "../../molecules/engine/journal/follow_run.ts";
import { hasGroups } from "../../molecules/engine/driver/group_waits.ts";
import { holderOf } from "../../molecules/engine/driver/lease.ts";
import { type RunTrouble, troubleOf } from "../../molecules/engine/driver/run_trouble.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { allRuns, type FoundRun, liveRuns, summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { runOrTrouble } from "../../molecules/engine/journal/unreadable.ts";
import { languageFor } from "../../molecules/engine/steps/language.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { present } from "../../lib/present.ts";
import { tidyHeap } from "../../ports/memory.ts";
import { createWaits, waitsOf } from "./group_waits.ts";
import { createRunLines, createRunTree, endLines, type RunReport } from "../../ui/run_report.ts";
import {
  freeingLines,
  resumeCommand,
  runLines,
  runRow,
  runShape,
  unreadableRow,
  waitShape,
} from "../../ui/run_view.ts";
import { tableLines } from "../../ui/table.ts";
import { hintsReadOutputs, waitingLines } from "../../ui/waiting_hints.ts";
import { openHere } from "../bd_support/ledger.ts";
import { withRun, withRunBead } from "./go_on.ts";
import { hintsHere, openOf } from "./runs.ts";
import { stewardNoteHere } from "./steward_note.ts";

/** Lists the runs that are under way, or all. */
export async function showRuns(context: Context): Promise<void> {
  const { ports, out, flags } = context;
  const ledger = await openHere(context);
  try {
    const found = flags.all === true ? allRuns(ledger.view) : liveRuns(ledger.view);
    const runs = found.filter(({ summary }) => summary.parent === undefined);
    const now = ports.clock.now();
    if (out.json) return out.results(runShapes(context, { ledger, runs }));
    const rows = runs.map(({ bead, summary }) => {
      const open = runOrTrouble(ledger.view, bead.key, { bare: true });
      if (open instanceof CommandError) return unreadableRow({ bead, summary, trouble: open }, out.style);
      tidyHeap(open.run.steps.length);
      return runRow(open, { style: out.style, now, by: driverOf(context, { ledger, open }) });
    });
    for (const line of tableLines(rows, { columns: ports.terminal.lineWidth(), indent: "" })) out.line(line);
    if (runs.length > 0) return;
    out.line(flags.all === true ? "There is no run" : "No run is under way");
    out.line(out.style.dim(flags.all === true ? "  gt mol run FILE" : "  gt mol status --all"));
  } finally {
    ledger.close();
  }
}

/** Runs as `--json` gives them, one in memory at a time. */
function* runShapes(
  context: Context,
  { ledger, runs }: { ledger: Ledger; runs: readonly FoundRun[] },
): Generator<JsonObject> {
  for (const { bead, summary } of runs) {
    const open = runOrTrouble(ledger.view, bead.key);
    const isRead = !(open instanceof CommandError);
    yield isRead ? shapeOf(context, { ledger, open }) : unreadableShape({ bead, summary, trouble: open });
    if (isRead) tidyHeap(open.run.steps.length);
  }
}

/** Shows one run with all its steps. */
export async function showRun(context: Context): Promise<void> {
  const { ports, out } = context;
  await withRunBead(context, async ({ ledger, bead }) => {
    const open = shownRun(context, { ledger, bead });
    if (out.json) {
      const waits = await waitsOf({ ports, ledger }, open);
      return out.result({
        ...shapeOf(context, { ledger, open }),
        ...(waits.length > 0 ? { waits_for: waits.map(waitShape) } : {}),
      });
    }
    const options = { style: out.style, columns: ports.terminal.lineWidth(), now: ports.clock.now() };
    const runs = runTree(ledger.view, { open });
    const freeing: string[] = [];
    for (const { open, depth } of runs) {
      const waits = await waitsOf({ ports, ledger }, open);
      freeing.push(...freeingLines(waits));
      for (const line of runLines(open, { ...options, waits })) out.line("    ".repeat(depth) + line);
    }
    for (const { open } of runs) await languageFor(open.begun.definition);
    const hints = hintsHere(context, ledger);
    for (const line of waitingLines(runs.map(({ open }) => open), hints)) {
      out.line(out.style.dim(`  ${line}`));
    }
    for (const line of new Set(freeing)) out.line(out.style.dim(`  ${line}`));
    const note = driveNote(context, { ledger, open });
    if (note !== undefined) out.line(out.style.dim(`  ${note}`));
  });
}

/** A run that is shown: for a person what its steps gave is read only where what is said of it may be made of that. */
function shownRun({ out }: Context, { ledger, bead }: { ledger: Ledger; bead: Bead }): OpenRun {
  const open = openOf(ledger.view, bead, { bare: !out.json });
  const isEnough = out.json || hasEnded(open.run) || !hasGroups(open) && !hintsReadOutputs(open);
  return isEnough ? open : openOf(ledger.view, bead);
}

/** Follows a run until it has ended; returns the exit code. */
export async function watchRun(context: Context): Promise<number> {
  const { ports, out } = context;
  const { processes } = ports;
  return await withRun(context, async ({ ledger, open }) => {
    const stop = new AbortController();
    processes.onStop(() => stop.abort());
    const note = driveNote(context, { ledger, open });
    if (note !== undefined) out.note(note);
    const last = await watch(context, { ledger, open, signal: stop.signal });
    if (!hasEnded(last.run)) return 130;
    for (const line of endLines(out.style, last)) out.line(line);
    return last.run.status === "succeeded" ? 0 : 1;
  });
}

async function watch(
  context: Context,
  { ledger, open, signal }: Shown & { signal: AbortSignal },
): Promise<OpenRun> {
  const { ports, out } = context;
  const following = followFromNow(ledger.view, open);
  for (const { begun } of following.opens()) await languageFor(begun.definition);
  const changed = new Set<BeadKey>();
  const report = out.json ? undefined : reportFor(context, ledger);
  const seen: RunSeen = (open, { steps }) => {
    changed.add(open.key);
    report?.changed(open, steps);
  };
  for (const one of following.opens()) seen(one, { steps: allSteps(one), at: ports.clock.now() });
  // The run that was asked for comes after those nested in it: what it came to is the last word.
  const looked = () => {
    const opens = [...following.opens()].filter(({ key }) => changed.has(key)).reverse();
    for (const one of out.json ? opens : []) out.event(runShape(one, ports.clock.now()));
    changed.clear();
  };
  return await followToEnd({ clock: ports.clock, ledger }, { following, signal, seen, looked })
    .finally(() => report?.end());
}

function reportFor(context: Context, ledger: Ledger): RunReport {
  const { ports, out } = context;
  const { terminal } = ports;
  const deps = {
    ports,
    style: out.style,
    line: (text: string) => out.line(text),
    tail: () => [],
    hints: hintsHere(context, ledger),
    asked: (bead: string) => ledger.view.beadById(bead)?.description,
    waits: createWaits({ ports, ledger }),
  };
  return terminal.canDraw && !out.quiet ? createRunTree(deps) : createRunLines(deps);
}

interface Unreadable extends FoundRun {
  trouble: CommandError;
}

interface Shown {
  ledger: Ledger;
  open: OpenRun;
}

function shapeOf({ ports }: Context, { ledger, open }: Shown): JsonObject {
  const holder = holderOf({ ports, ledger }, open.key);
  const bead = ledger.view.beadByKey(open.key);
  return {
    ...runShape(open, ports.clock.now()),
    background: bead !== undefined && summaryOf(bead)?.background === true,
    ...present({ trouble: troubleOf(ledger, open.key)?.text }),
    ...(holder ? { driven_by: { by: holder.by, pid: holder.pid } } : {}),
  };
}

/** A run that cannot be read, as `--json` gives it. */
function unreadableShape({ bead, summary, trouble }: Unreadable): JsonObject {
  const { molecule, background = false } = summary;
  return { id: bead.id, molecule, status: "unreadable", trouble: trouble.message, background };
}

/** Who drives a run here, or why nobody can. */
function driverOf({ ports }: Context, { ledger, open }: Shown): string {
  const trouble = troubleOf(ledger, open.key);
  if (trouble) return cannotBeDriven(trouble);
  const by = holderOf({ ports, ledger }, open.key)?.by;
  const held = pausedWithin(ledger.view, open).map((one) => runName(one.key));
  return [
    ...(by === undefined ? [] : [`driven by ${by}`]),
    ...(held.length === 0 ? [] : [`paused within: ${held.join(", ")}`]),
  ].join("; ");
}

function cannotBeDriven({ text }: RunTrouble): string {
  return `the steward cannot drive it: ${printable(text)}`;
}

/** What is to be said of the driver of a run; nothing where all is as it should be. */
function driveNote({ ports }: Context, { ledger, open }: Shown): string | undefined {
  const bead = ledger.view.beadByKey(open.key);
  const holder = holderOf({ ports, ledger }, open.key);
  if (hasEnded(open.run) || open.begun.parent) return undefined;
  const trouble = troubleOf(ledger, open.key);
  if (trouble) return cannotBeDriven(trouble);
  if (bead && summaryOf(bead)?.background) {
    return holder ? undefined : stewardNoteHere(ports);
  }
  return holder ? undefined : `nobody drives it: ${resumeCommand(open)}`;
}
