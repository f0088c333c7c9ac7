import type { Bead } from "../../ledger/ledger.ts";
import { allStepsOf, openSteps } from "../../molecules/checklist.ts";
import type { Ports } from "../../ports/ports.ts";
import { openTown, type Town } from "../../town/town.ts";
import type { Caller } from "../caller.ts";
import { type OnHook, workOf } from "../situation.ts";
import { ask, perform, type Stage } from "./perform.ts";
import { type Progress, progressPath, readProgress, writeProgress } from "./progress.ts";
import type { Action, Occasion, Performed, Script } from "./script.ts";
import { scriptOf } from "./source.ts";

/** A worker that follows its script, turn by turn. */
export interface ScriptWorker {
  /**
   * Does what is left to do; `told` says that it was told to go on: by a hook, or by a line that was typed.
   *
   * Returns whether the process is to end.
   */
  turn(options: { told: boolean }): Promise<{ exits: boolean }>;
  /** Whether it does what its hooks tell it. */
  obeys(): boolean;
}

/** Makes the worker of an attempt. */
export function createScriptWorker(
  ports: Ports,
  options: {
    stage: Omit<Stage, "leave" | "disobey" | "steps">;
    caller: Caller & { bead: string; n: number };
  },
): ScriptWorker {
  const { caller } = options;
  let obeys = true;
  const stage = { ...options.stage, disobey: () => void (obeys = false) };
  let isFirst = true;
  return {
    obeys: () => obeys,
    async turn({ told }) {
      const town = openTown(ports);
      try {
        const hook = workOf(town.ledger.view, { bead: caller.bead, n: caller.n });
        if (!isOpen(hook)) {
          stage.screen.act(hook.kind === "over" ? `stops: ${hook.why}` : "has nothing to do now");
          return { exits: false };
        }
        if (told && !obeys) return { exits: false };
        const isNew = isFirst;
        isFirst = false;
        const end = await follow(town, { hook, stage, told, isNew });
        return { exits: end.kind === "exits" };
      } finally {
        town.close();
      }
    },
  };
}

function isOpen(hook: OnHook): hook is OnHook & { kind: "work" } {
  return hook.kind === "work" && (hook.attempt.state === "working" || hook.attempt.state === "starting");
}

type Work = OnHook & { kind: "work" };

/** Does the actions that are left, and keeps where it is after each. */
async function follow(
  town: Town,
  options: { hook: Work; stage: Omit<Stage, "leave" | "steps">; told: boolean; isNew: boolean },
): Promise<Performed> {
  const { hook, told, isNew } = options;
  const { ports, screen } = options.stage;
  let script: Script;
  try {
    script = scriptOf(ports, { bead: hook.bead, paths: town.paths });
  } catch (error) {
    return await giveUp({ ...options.stage, leave: () => {}, steps: () => [] }, error);
  }
  const path = progressPath(town.paths, hook.bead.id);
  const progress = begin(readProgress(ports, { path, n: hook.attempt.n }), { hook, script, told, isNew });
  const keep = () => writeProgress(ports, { path, progress });
  const { view } = town.ledger;
  const isClosed = (step: Bead) => step.status === "closed";
  const stage: Stage = {
    ...options.stage,
    steps: () => [
      ...openSteps(view, hook.bead.key),
      ...allStepsOf(view, hook.bead).filter(isClosed),
    ],
    leave() {
      progress.done++;
      keep();
    },
  };
  keep();
  const actions = actionsOf(script, { hook, occasion: progress.occasion });
  screen.act(
    `follows ${script.source}, ${progress.occasion}, from action ${progress.done + 1} of ${actions.length}`,
  );
  while (progress.done < actions.length) {
    const result = await perform(stage, actions[progress.done]!);
    if (result.kind === "failed") return await giveUp(stage, new Error(result.reason));
    progress.done++;
    keep();
    if (result.kind !== "performed") return result;
  }
  return { kind: "performed" };
}

/** Where this turn begins: where the last one was, or at the list for a new occasion. */
function begin(
  before: Progress | undefined,
  options: { hook: Work; script: Script; told: boolean; isNew: boolean },
): Progress {
  const { hook: { attempt }, script, told, isNew } = options;
  if (!before) {
    const isRework = ["checks", "conflict", "verify", "rejected"].includes(attempt.failure?.kind ?? "");
    const occasion: Occasion = isRework ? "rework" : attempt.n > 1 && script.resumed ? "resumed" : "first";
    return { n: attempt.n, occasion, done: 0, sessions: 1 };
  }
  if (isNew) {
    // A session after the first one of an attempt: an earlier one was lost, or handed off.
    const resumes = script.resumed !== undefined && before.occasion !== "resumed";
    return { ...before, sessions: before.sessions + 1, ...(resumes ? { occasion: "resumed", done: 0 } : {}) };
  }
  const left = actionsOf(script, { hook: options.hook, occasion: before.occasion }).length - before.done;
  return left > 0 || !told ? before : { ...before, occasion: "nudged", done: 0 };
}

function actionsOf(script: Script, options: { hook: Work; occasion: Occasion }): readonly Action[] {
  const { hook: { attempt }, occasion } = options;
  const at = { line: 1, column: 1 };
  if (occasion === "first") return script.first;
  const given = script[occasion];
  if (given) return given;
  if (occasion === "nudged") return [{ at, kind: "done" }];
  if (occasion === "rework" && attempt.failure?.kind === "conflict") {
    return [{ at, kind: "merge", take: "both" }, { at, kind: "done" }];
  }
  return script.first;
}

/** What a well-behaved agent does when it cannot go on: it says so, and waits. */
async function giveUp(stage: Stage, error: unknown): Promise<Performed> {
  const reason = error instanceof Error ? error.message : String(error);
  stage.screen.act(`cannot go on: ${reason}`);
  return await ask(stage, `The script cannot go on: ${reason}`);
}
