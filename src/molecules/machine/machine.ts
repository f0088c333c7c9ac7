/**
 * The machine of a run: which event may happen in which state, and what follows.
 *
 * Pure: no clock, no ids, no input or output, and the state it is given stays as it is. Its legal table is data.
 *
 * @module
 */
import { draftRun, finishDraft, type RunDraft } from "./draft.ts";
import { RUN_LEGAL } from "./machine_table.ts";
import { retrySteps } from "./retry.ts";
import type { RunRules } from "./rules.ts";
import { hasEnded, type RunEffect, type RunEvent, type RunState, type StepRecord } from "./run.ts";
import { endEarly, enterStage, settle } from "./settle.ts";
import { applyToStep } from "./step_events.ts";
import { stepList } from "./step_list.ts";
import { stepNumber } from "./step_number.ts";

/** What a transition came to. */
export type Transition =
  | { kind: "moved"; run: RunState; effects: readonly RunEffect[] }
  /** The event had happened already; nothing changes. */
  | { kind: "same" }
  | { kind: "illegal"; why: string };

/** A run at its beginning, with what is to be done first. */
export function beginRun(
  rules: RunRules,
  { at }: { at: number },
): { run: RunState; effects: readonly RunEffect[] } {
  const records = rules.steps.map(({ needs }): StepRecord => ({
    status: "pending",
    since: at,
    attempt: 0,
    tries: 0,
    open: needs.length,
    met: 0,
    skips: 0,
  }));
  const run: RunState = {
    status: "running",
    since: at,
    stage: "steps",
    term: 0,
    startedAt: at,
    left: 0,
    active: 0,
    failures: 0,
    steps: stepList(records),
  };
  const draft = draftRun(rules, run, at);
  enterStage(draft, "steps");
  settle(draft);
  return { run: finishDraft(draft), effects: draft.effects };
}

/** Applies an event to a run. */
export function transition(rules: RunRules, { run, event }: { run: RunState; event: RunEvent }): Transition {
  if (isRepetition(run, event)) return { kind: "same" };
  if (!RUN_LEGAL[event.kind].includes(run.status)) return illegal(`the run is ${run.status}`);
  const draft = draftRun(rules, run, event.at);
  const refusal = apply(draft, event);
  if (refusal === "same") return { kind: "same" };
  if (refusal !== undefined) return illegal(refusal);
  settle(draft);
  return { kind: "moved", run: finishDraft(draft), effects: draft.effects };
}

function illegal(why: string): Transition {
  return { kind: "illegal", why };
}

/** Events that come again after a crash, or from a second reporter. */
function isRepetition(run: RunState, event: RunEvent): boolean {
  switch (event.kind) {
    case "paused":
      return run.status === "paused";
    case "resumed":
      return run.status === "running";
    case "cancelled":
      return run.outcome === "cancelled" && (hasEnded(run) || !event.force);
    default:
      return false;
  }
}

/** Changes the draft, or says why not. */
function apply(draft: RunDraft, event: RunEvent): string | undefined {
  const { run, at } = draft;
  switch (event.kind) {
    case "driven":
      if (event.term <= run.term) return `driver ${run.term} has it`;
      run.term = event.term;
      run.driver = { by: event.by, replica: event.replica };
      run.replica = event.replica;
      return undefined;
    case "left":
      if (event.term !== run.term) return `driver ${run.term} has it`;
      delete run.driver;
      return undefined;
    case "paused":
      run.status = "paused";
      run.since = at;
      return undefined;
    case "resumed":
      run.status = "running";
      run.since = at;
      return undefined;
    case "cancelled":
      return cancel(draft, event);
    case "expired":
      if (run.stage === "finally") return "only `finally` is left";
      if (run.outcome !== undefined) return "it ends already";
      if (run.status === "paused") Object.assign(run, { status: "running", since: at });
      endEarly(draft, { outcome: "failed", reason: { kind: event.of ?? "timeout", text: event.text } });
      return undefined;
    case "retried":
      // Whoever drove it to its end does so no more. Not deleted: the fields of a state keep their order.
      if (hasEnded(run)) run.driver = undefined;
      return retrySteps(draft, {
        names: event.steps,
        goOn: event.goOn === true,
        numberOf: (step) => stepNumber(draft.rules, { steps: draft.steps, step }),
      });
    default:
      return applyToStep(draft, event);
  }
}

function cancel(draft: RunDraft, event: RunEvent & { kind: "cancelled" }): string | undefined {
  const { run, at } = draft;
  const { by, text, why, force = false } = event;
  if (run.stage === "finally" && !force) return "it is ending: only `finally` is left";
  if (run.status === "paused") Object.assign(run, { status: "running", since: at });
  const said = why ?? `cancelled by ${by}${text === undefined ? "" : `: ${text}`}`;
  const reason = run.outcome === "cancelled" ? run.reason : undefined;
  endEarly(draft, { outcome: "cancelled", reason: reason ?? { kind: "run", text: said }, force });
  return undefined;
}
