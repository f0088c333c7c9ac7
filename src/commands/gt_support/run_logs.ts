/**
 * How `gt mol logs` answers: what happened in a run, and in those nested in it, is replayed from their journals; what was
 * printed is in their folders.
 *
 * @module
 */
import type { Context } from "../../cli/command.ts";
import type { Bead, BeadKey, Ledger, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import {
  allSteps,
  followFromStart,
  followToEnd,
  type RunSeen,
  runTree,
} from "../../molecules/engine/journal/follow_run.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { hasEnded } from "../../molecules/machine/run.ts";
import { runName, type StepAt, stepAt } from "../../molecules/engine/journal/step_at.ts";
import { stepNumber } from "../../molecules/machine/step_number.ts";
import { languageFor } from "../../molecules/engine/steps/language.ts";
import { tidyHeap } from "../../ports/memory.ts";
import { isoTime } from "../../ports/time.ts";
import { createRunLines, endLines } from "../../ui/run_report.ts";
import { statusSign } from "../../ui/run_view.ts";
import { stepName } from "../../ui/step_name.ts";
import { hintsReadOutputs } from "../../ui/waiting_hints.ts";
import { withRunBead } from "./go_on.ts";
import { createLiveOutput } from "./live_output.ts";
import { createLogObjects, stepOf } from "./log_objects.ts";
import { createPrintedSteps } from "./printed_steps.ts";
import { hintsHere, openOf } from "./runs.ts";

/** Shows the log of a run; returns the exit code. */
export async function showLogs(context: Context): Promise<number> {
  const { ports, args, flags, out } = context;
  return await withRunBead(context, async ({ ledger, bead }) => {
    const step = args.step as string | undefined;
    const bare = await isShownBare(ledger.view, { bead, step });
    // The run as it is now was only looked at.
    tidyHeap();
    const log = createLog(context, { ledger, root: bead.key, wanted: step });
    const following = followFromStart(ledger.view, bead.key, { bare });
    following.readOn(log.seen);
    const isFollowed = flags.follow === true && !hasEnded(following.root().run);
    if (isFollowed) {
      const stop = new AbortController();
      ports.processes.onStop(() => stop.abort());
      await followToEnd({ clock: ports.clock, ledger }, {
        ...{ following, signal: stop.signal },
        seen: log.seen,
        looked: log.looked,
      });
    } else log.toldSoFar();
    const { run } = following.root();
    const isTold = hasEnded(run) && (isFollowed || step === undefined);
    if (isTold) { for (const line of endLines(out.style, following.root())) out.line(line); }
    return isFollowed && !hasEnded(run) ? 130 : 0;
  });
}

/**
 * Whether what the steps of a run gave is not needed to tell of it; what texts of it need so that they can be filled is
 * loaded. @throws {CommandError} `step_not_found`, `run_unreadable`.
 */
async function isShownBare(
  view: View,
  { bead, step }: { bead: Bead; step: string | undefined },
): Promise<boolean> {
  const open = openOf(view, bead, { bare: true });
  refuseUnknown(open, step);
  for (const { open: one } of runTree(view, { open })) await languageFor(one.begun.definition);
  // What the texts of nested runs are made of is not known before they are read.
  const isNested = open.rules.steps.some(({ definition: { action } }) => action.kind === "molecule");
  return !isNested && !hintsReadOutputs(open);
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
  /** It is not: what running commands have printed so far is shown. */
  toldSoFar(): void;
}

function createLog(
  context: Context,
  { ledger, root, wanted }: { ledger: Ledger; root: BeadKey; wanted: string | undefined },
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
      hints: hintsHere(context, ledger),
    },
    {
      ended({ open, step }) {
        if (!live.hasShown(open, step)) showPrinted(context, printed(open, { step, most: Infinity }));
      },
    },
  );
  const isChosen = choice({ root, wanted, opens });
  const chosen = (open: OpenRun) => new Set([...allSteps(open)].filter((id) => isChosen(open, id)));
  const objects = createLogObjects(out, { printed, isChosen: (open) => isChosen(open, undefined) });
  let isFollowed = false;
  return {
    seen(open, { steps, at: when, happened }) {
      at = when;
      opens.set(open.key, open);
      const shown = new Set([...steps].filter((id) => isChosen(open, id)));
      if (isFollowed) live.changed(open, shown);
      const isTold = happened && isChosen(open, "step" in happened ? happened.step : undefined);
      const told = { steps: shown, at, ...(isTold ? { happened } : {}) };
      if (out.json) return objects(open, told);
      if (isTold) lines.happened(open, happened);
      lines.changed(open, shown);
    },
    looked() {
      if (!isFollowed) {
        isFollowed = true;
        for (const open of opens.values()) live.changed(open, chosen(open));
      }
      live.look();
    },
    toldSoFar() {
      at = ports.clock.now();
      for (const open of opens.values()) {
        for (const id of chosen(open)) {
          const step = stepAt(open, id);
          const texts = isAtWork(step) ? printed(open, { step, most: Infinity }) : [];
          if (texts.length === 0) continue;
          line(
            `${statusSign(style, "running")} ${lines.prefixOf(open)}${stepName(id, step.record)}  ${
              style.dim("so far")
            }`,
          );
          showPrinted(context, texts);
          out.event({ at: isoTime(at), ...stepOf(open, step), status: "running", printed: texts });
        }
      }
    },
  };
}

/** Whether a step is to be shown, or without one what happens to the run as a whole; of nested runs as the step they are. */
function choice(
  { root, wanted, opens }: {
    root: BeadKey;
    wanted: string | undefined;
    opens: ReadonlyMap<BeadKey, OpenRun>;
  },
): (open: OpenRun, step: string | undefined) => boolean {
  const isChosen = (open: OpenRun | undefined, step: string | undefined): boolean => {
    if (wanted === undefined || !open) return true;
    const { parent } = open.begun;
    if (open.key !== root && parent) return isChosen(opens.get(parent.run), parent.step);
    return step === wanted || step?.startsWith(`${wanted}[`) === true;
  };
  return isChosen;
}

function isAtWork({ definition: { action }, record: { status, count } }: StepAt): boolean {
  return action.kind === "run" && status === "running" && count === undefined;
}

function showPrinted({ out }: Context, texts: readonly string[]): void {
  for (const text of texts) out.line(`    ${out.style.dim("│")} ${text}`);
}

function liveSay({ ports, out }: Context): (open: OpenRun, step: StepAt, text: string) => void {
  return (open, step, text) => {
    out.line(`${out.style.cyan(step.id)} ${out.style.dim("│")} ${text}`);
    out.event({ at: isoTime(ports.clock.now()), ...stepOf(open, step), line: text });
  };
}
