/**
 * How `gt mol logs` answers: what happened in a run is replayed from its journal, what was printed is in its folder.
 *
 * @module
 */
import type { Context } from "../../cli/command.ts";
import type { BeadKey, Ledger } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { followToEnd, replayRun, type RunSeen } from "../../molecules/engine/journal/follow_run.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { hasEnded, type StepRecord } from "../../molecules/machine/run.ts";
import { runName, type StepAt, stepAt } from "../../molecules/engine/journal/step_at.ts";
import { stepNumber } from "../../molecules/machine/step_number.ts";
import { isoTime } from "../../ports/time.ts";
import { createRunLines, endLines } from "../../ui/run_report.ts";
import { withRun } from "./go_on.ts";
import { createLiveOutput, type LiveOutput } from "./live_output.ts";
import { createPrintedSteps, type PrintedSteps } from "./printed_steps.ts";
import { hintsHere } from "./runs.ts";

/** Shows the log of a run; returns the exit code. */
export async function showLogs(context: Context): Promise<number> {
  const { ports, args, flags, out } = context;
  return await withRun(context, async ({ ledger, open }) => {
    const step = args.step as string | undefined;
    refuseUnknown(open, step);
    const log = createLog(context, { ledger, step });
    const last = replayRun(ledger.view, open.key, log.seen)!;
    if (flags.follow !== true || hasEnded(last.run)) {
      if (hasEnded(last.run) && step === undefined) {
        for (const line of endLines(out.style, last)) out.line(line);
      }
      return 0;
    }
    const stop = new AbortController();
    ports.processes.onStop(() => stop.abort());
    const ended = await followToEnd({ clock: ports.clock, ledger }, {
      open: last,
      signal: stop.signal,
      seen: log.seen,
      looked: log.looked,
    });
    if (!hasEnded(ended.run)) return 130;
    for (const line of endLines(out.style, ended)) out.line(line);
    return 0;
  });
}

function refuseUnknown({ key, rules, run }: OpenRun, step: string | undefined): void {
  if (step === undefined || stepNumber(rules, { steps: run.steps, step }) !== undefined) return;
  throw new CommandError("refused", `Cannot find step "${step}": run "${runName(key)}" has none of that id`, {
    code: "step_not_found",
    hints: [`gt mol status ${runName(key)}`],
  });
}

/** What shows a run as it happened. */
interface Log {
  seen: RunSeen;
  /** It is being followed: what running commands print is shown as they do. */
  looked(): void;
}

function createLog(
  context: Context,
  { ledger, step: wanted }: { ledger: Ledger; step: string | undefined },
): Log {
  const { ports, out } = context;
  const { style } = out;
  const printed = createPrintedSteps({ ports, ledger });
  const opens = new Map<BeadKey, OpenRun>();
  let at = 0;
  const line = (text: string) => out.line(`${style.dim(isoTime(at))}  ${text}`);
  const live = createLiveOutput(ports.files, { ledger, say: liveSay(context) });
  const lines = createRunLines(
    {
      ports: { terminal: ports.terminal, clock: { ...ports.clock, now: () => at } },
      style,
      line,
      tail: () => [],
      hints: hintsHere(ports, ledger),
    },
    { ended: ({ open, step }) => showPrinted(context, { open, step, printed, live }) },
  );
  const tell = out.json ? jsonLines(context, printed) : lines.changed;
  let isFollowed = false;
  return {
    seen(open, steps, when) {
      at = when;
      opens.set(open.key, open);
      const chosen = new Set([...steps].filter((id) => isWanted(wanted, id)));
      if (isFollowed) live.changed(open, chosen);
      tell(open, chosen, when);
    },
    looked() {
      if (!isFollowed) {
        isFollowed = true;
        for (const open of opens.values()) live.changed(open, wantedOf(open, wanted));
      }
      live.look();
    },
  };
}

function isWanted(wanted: string | undefined, id: string): boolean {
  return wanted === undefined || id === wanted || id.startsWith(`${wanted}[`);
}

function wantedOf(open: OpenRun, wanted: string | undefined): Set<string> {
  const all = open.rules.steps.flatMap(({ id }) => {
    const { count = 0 } = stepAt(open, id).record;
    return [id, ...Array.from({ length: count }, (_, at) => `${id}[${at}]`)];
  });
  return new Set(all.filter((id) => isWanted(wanted, id)));
}

function showPrinted(
  { out }: Context,
  { open, step, printed, live }: { open: OpenRun; step: StepAt; printed: PrintedSteps; live: LiveOutput },
): void {
  if (step.record.count !== undefined || live.hasShown(open, step)) return;
  for (const text of printed(open, { step, most: Infinity })) out.line(`    ${out.style.dim("│")} ${text}`);
}

function liveSay({ ports, out }: Context): (open: OpenRun, step: StepAt, text: string) => void {
  return (open, { id, attempt }, text) => {
    out.line(`${out.style.cyan(id)} ${out.style.dim("│")} ${text}`);
    out.event({ at: isoTime(ports.clock.now()), run: runName(open.key), step: id, attempt, line: text });
  };
}

/** One object for each status that a step comes to, with what it printed when an attempt is over. */
function jsonLines({ out }: Context, printed: PrintedSteps): RunSeen {
  const told = new Map<string, string>();
  return (open, steps, at) => {
    for (const id of steps) {
      const step = stepAt(open, id);
      const { status, attempt, reason, code, count, cached } = step.record;
      const name = `${open.key} ${id}`;
      if (status === "pending" || status === "ready" || told.get(name) === `${status} ${attempt}`) continue;
      told.set(name, `${status} ${attempt}`);
      const lines = isOver(step.record) && count === undefined ? printed(open, { step, most: Infinity }) : [];
      out.event({
        at: isoTime(at),
        run: runName(open.key),
        step: id,
        status,
        attempt,
        ...(code === undefined ? {} : { exit_code: code }),
        ...(cached === undefined || status !== "succeeded" ? {} : { cached }),
        ...(reason === undefined || status === "succeeded" ? {} : { reason: reason.text }),
        ...(lines.length > 0 ? { printed: lines } : {}),
      });
    }
  };
}

function isOver({ status, startedAt }: StepRecord): boolean {
  return startedAt !== undefined && status !== "running" && status !== "waiting";
}
