import type { Bead, View } from "../ledger/ledger.ts";
import { printable } from "../lib/printable.ts";
import { quoteWords } from "../lib/quote_words.ts";
import type { GateCondition, Template } from "../molecules/definition.ts";
import {
  type Decider,
  decidersText,
  decidingCommands,
  gateOf,
  mayDecide,
} from "../molecules/engine/gates/gate_standing.ts";
import type { OpenRun } from "../molecules/engine/journal/run_log.ts";
import { scopeOf } from "../molecules/engine/journal/scope.ts";
import { runName, type StepAt, stepAt } from "../molecules/engine/journal/step_at.ts";
import { shownText } from "../molecules/engine/steps/language.ts";
import { recordsOf } from "../molecules/machine/step_list.ts";
import { stepId } from "../molecules/machine/step_number.ts";
import { closingCommand, needOf, takenBackNeed } from "../town/attempt_need.ts";
import { type Attempt, PLACED_STATES, workerName } from "../work/attempt.ts";
import { liveAttemptOf } from "../work/attempt_store.ts";

/** What a hint is worked out from. */
export interface HintDeps {
  view: View;
  /** Whether prompts are slung here. */
  isTown: boolean;
  /** Who reads them. */
  reader: Decider;
}

/** The commands with which somebody lets a step go on that waits, or sees who is at it. */
export type Hints = (open: OpenRun, step: StepAt) => readonly string[];

/** Makes what gives the {@linkcode Hints} of steps, as their beads are at the moment; none for one that is over. */
export function createHints({ view, isTown, reader }: HintDeps): Hints {
  return (open, step) => {
    const { definition: { action }, record } = step;
    if (action.kind === "gate" && action.gate.condition.type !== "human") {
      return gateHints(open, { step, condition: action.gate.condition });
    }
    const bead = record.bead === undefined ? undefined : view.beadById(record.bead);
    if (!bead || bead.deleted || bead.status === "closed") return [];
    if (action.kind === "gate") {
      const gate = gateOf(bead) ?? { approvers: [] };
      return mayDecide(gate, reader) ? decidingCommands(bead) : [`${bead.id} is ${decidersText(gate)}`];
    }
    if (action.kind === "convoy") return [`gt convoy status ${bead.id}`];
    const attempt = liveAttemptOf(bead);
    if (attempt) return attemptHints(bead, attempt);
    const takenBack = takenBackNeed(bead);
    if (takenBack.length > 0) return takenBack.map(({ command }) => command);
    // It is about to be slung: whoever closed it now would be in the way.
    if (action.kind === "prompt" && isTown && bead.status === "open") return [`bd show ${bead.id}`];
    return [closingCommand(bead)];
  };
}

/** How a gate opens that somebody may open by what they do anyway. */
function gateHints(
  open: OpenRun,
  { step, condition }: { step: StepAt; condition: GateCondition },
): string[] {
  const scope = scopeOf(open, { step, now: step.record.since });
  const shown = (template: Template) => printable(shownText(template, scope));
  if (condition.type === "bead") return [`bd show ${shown(condition.bead)}   # until it is closed`];
  if (condition.type !== "mail") return [];
  const { from, subject } = condition;
  const words = ["gt", "mail", "send", runName(open.key), ...(subject ? ["-s", shown(subject)] : [])];
  return [`${quoteWords(words)} -m TEXT${from ? `   # by ${shown(from)}` : ""}`];
}

/** Whether the hints of steps of a run may be made of what earlier steps gave. */
export function hintsReadOutputs({ rules }: Pick<OpenRun, "rules">): boolean {
  return rules.steps.some(({ definition: { action } }) =>
    action.kind === "gate" && (action.gate.condition.type === "bead" || action.gate.condition.type === "mail")
  );
}

function attemptHints(bead: Bead, attempt: Attempt): string[] {
  const needs = needOf({ bead, attempt });
  if (needs.length > 0) return needs.map(({ command }) => command);
  if (attempt.state === "submitted") return [`gt mq list ${attempt.rig}`];
  if (attempt.state === "queued" || attempt.state === "merging") return [`gt mq show ${bead.id}`];
  const isAtWork = attempt.worker !== undefined && PLACED_STATES.has(attempt.state);
  return [isAtWork ? `gt attach ${workerName(attempt.worker!)}` : `bd show ${bead.id}`];
}

/** Of how many steps that wait the hints are shown where all are shown together. */
const MOST_SHOWN = 10;

/** The hints of the steps of runs that wait, a line for each command; of many of them those of the first. */
export function waitingLines(runs: readonly OpenRun[], hints: Hints): string[] {
  const lines: string[] = [];
  const listings = new Map<string, number>();
  let shown = 0;
  for (const open of runs) {
    for (const step of waitingSteps(open)) {
      const own = hints(open, step);
      if (own.length === 0) continue;
      if (shown++ < MOST_SHOWN) lines.push(...own);
      else {
        const listing = listingOf(open, step);
        listings.set(listing, (listings.get(listing) ?? 0) + 1);
      }
    }
  }
  return [...lines, ...[...listings].map(([listing, count]) => `and ${count} more: ${listing}`)];
}

function* waitingSteps(open: OpenRun): Generator<StepAt> {
  let index = 0;
  for (const record of recordsOf(open.run.steps)) {
    if (record.status === "waiting") yield stepAt(open, stepId(open.rules, { run: open.run, index }));
    index++;
  }
}

/** The command that lists what a step waits for, with that of others like it. */
function listingOf({ key }: OpenRun, { definition: { action } }: StepAt): string {
  if (action.kind === "convoy") return "gt convoy list";
  if (action.kind !== "gate") return `bd list --parent ${runName(key)} --include-internal`;
  return action.gate.condition.type === "human" ? "gt gate list" : `gt mol status ${runName(key)} --json`;
}
