import { draftRun, idAt, isEnded } from "./draft.ts";
import { isToBeDecided } from "./step_events.ts";
import type { RunRules } from "./rules.ts";
import { hasEnded, type RunEffect, type RunState } from "./run.ts";

/** What is to be done in a state, whatever led to it: how a driver goes on where another died. */
export function pendingEffects(rules: RunRules, run: RunState): RunEffect[] {
  if (hasEnded(run)) return [];
  const draft = draftRun(rules, run, 0);
  const effects: RunEffect[] = [];
  for (let index = 0; index < draft.steps.length(); index++) {
    const record = draft.steps.get(index);
    if (isEnded(record) || record.count !== undefined) continue;
    const step = idAt(draft, index);
    const { attempt } = record;
    switch (record.status) {
      case "pending":
        if (isToBeDecided(draft, index)) effects.push({ kind: "decide", step });
        break;
      case "ready":
        effects.push({ kind: record.of === undefined && isFanOut(rules, index) ? "spread" : "launch", step });
        break;
      case "running":
      case "waiting":
        effects.push(record.stopping ? { kind: "stop", step, attempt } : { kind: "perform", step, attempt });
        break;
      case "retrying":
        effects.push({ kind: "await", step, until: record.notBefore ?? 0 });
    }
  }
  return effects;
}

function isFanOut(rules: RunRules, index: number): boolean {
  return rules.steps[index]?.isFanOut === true;
}
