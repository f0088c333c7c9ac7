import { claimBead } from "../beads/claim.ts";
import { compareIds } from "../beads/dependencies.ts";
import type { Bead, BeadKey, Transaction, View } from "../ledger/ledger.ts";
import { present } from "../lib/present.ts";
import { bondedFrom, heldBy, partsOf } from "./joined.ts";
import type { CheckCommand } from "./molecule.ts";

/** Which step of which text a bead was made from: its `metadata.step`. */
export interface StepOrigin {
  molecule: string;
  version: number;
  /** Id of the step in the molecule. */
  id: string;
  /** Hash of the molecule's text at that time. */
  hash: string;
  /** The command that must succeed for it to be done. */
  run?: CheckCommand;
  /** How often that was begun. */
  tries?: number;
  /** Nobody named the molecule: it is a suggestion, and holds nothing back. */
  suggested?: true;
}

/** How a step stands. */
export type StepState = "done" | "current" | "ready" | "blocked" | "pending";

/** The steps of a bead and how far they are. */
export interface Checklist {
  bead: Bead;
  /** Name of the molecule, or of those that were joined; absent when the steps were made by hand. */
  molecule?: string;
  steps: readonly { bead: Bead; state: StepState }[];
  completed: number;
  /** How many there are; of a run also those that nobody has to do, or that have not begun. */
  total: number;
  /** The step that somebody is at. */
  current?: Bead;
  /** The first step that may be begun. */
  next?: Bead;
}

/** What the step's bead was made from; undefined for one made by hand. */
export function originOf(step: Bead): StepOrigin | undefined {
  return step.metadata.step as unknown as StepOrigin | undefined;
}

/** Whether closing this step means running its command. */
export function hasCommand(step: Bead): boolean {
  return step.status !== "closed" && originOf(step)?.run !== undefined;
}

/** How a step is finished: when its command is due, and which that is. */
export function finishing(step: Bead): { when: string; command: string } {
  const when = hasCommand(step) ? "Its command must succeed; this runs it" : "When it is finished";
  return { when, command: `bd close ${step.id} --continue` };
}

/** The command that closes steps without doing them, as somebody may type it. */
export function skipping(
  steps: readonly Bead[],
  { reason, force = false }: { reason: string; force?: boolean },
): string {
  const ids = steps.map(({ id }) => id).sort(compareIds).join(" ");
  return `bd close ${ids} ${force || steps.some(hasCommand) ? "--force " : ""}--reason "${reason}"`;
}

/** Whether a step is of a molecule that nobody named, and no command: `gt done` closes what is left of these. */
export function isSuggested(step: Bead): boolean {
  const origin = originOf(step);
  return origin?.suggested === true && origin.run === undefined;
}

/** A bead's own steps, in the order of their numbers. */
export function stepsOf(view: View, key: BeadKey): Bead[] {
  return view.beads("parent = ? AND issue_type = 'step' AND status <> 'tombstone'", key)
    .sort((one, other) => compareIds(one.id, other.id));
}

/** The steps by which a bead is worked: its own, and of one that was joined those of its parts, one after the other. */
export function allStepsOf(view: View, bead: Bead): Bead[] {
  return heldBy(view, bead).flatMap(({ key }) => stepsOf(view, key));
}

/** The steps by which a bead is worked; a part of it that has none is one itself. */
function workOf(view: View, bead: Bead): Bead[] {
  return heldBy(view, bead).flatMap((held, at) => {
    const steps = stepsOf(view, held.key);
    return at > 0 && steps.length === 0 && !bondedFrom(held) ? [held] : steps;
  });
}

/**
 * The steps of a bead that are not closed: the current one first, then those that may begin, then the others. A part of
 * it without a step that is left is a step itself.
 */
export function openSteps(view: View, key: BeadKey): Bead[] {
  const rank: Readonly<Record<StepState, number>> = { current: 0, ready: 1, blocked: 2, pending: 2, done: 3 };
  const bead = view.beadByKey(key)!;
  const work = workOf(view, bead);
  const known = new Set(work.map((step) => step.key));
  const parts = partsLeft(view, bead).filter((part) => !known.has(part.key));
  return [...work.filter((step) => stateOf(step) !== "done"), ...parts]
    .sort((one, other) => rank[stateOf(one)] - rank[stateOf(other)]);
}

/** The parts of a bead that are only to be closed: those with no step, or whose steps and parts are done. */
function partsLeft(view: View, bead: Bead): Bead[] {
  const isOver = (one: Bead) => stateOf(one) === "done" || isSuggested(one);
  return heldBy(view, bead).slice(1).filter((part) =>
    stateOf(part) !== "done" && [...stepsOf(view, part.key), ...partsOf(view, part)].every(isOver)
  );
}

/** How far the steps of a bead are. */
export function checklistOf(view: View, bead: Bead): Checklist {
  const steps = workOf(view, bead).map((step) => ({ bead: step, state: stateOf(step) }));
  const first = (state: StepState) => steps.find((step) => step.state === state)?.bead;
  return {
    bead,
    steps,
    completed: steps.filter(({ state }) => state === "done").length,
    total: steps.length,
    ...present({ molecule: moleculesOf(view, bead), current: first("current"), next: first("ready") }),
  };
}

function moleculesOf(view: View, bead: Bead): string | undefined {
  const names = heldBy(view, bead).flatMap(({ key }) =>
    stepsOf(view, key).map((step) => originOf(step)?.molecule).find((name) => name !== undefined) ?? []
  );
  return names.length === 0 ? undefined : [...new Set(names)].join(" + ");
}

function stateOf(step: Bead): StepState {
  if (step.status === "closed") return "done";
  if (step.status === "in_progress") return "current";
  if (step.status !== "open") return "pending";
  return step.blocked ? "blocked" : "ready";
}

function isStep({ issue_type }: Bead): boolean {
  return issue_type === "step";
}

/** What comes after a step was closed. */
export interface Onward {
  /** The step that is to be done now; absent when there is none, or all that are open wait for something. */
  step?: Bead;
  /** Whether the caller got it just now. */
  claimed: boolean;
  /** What the steps look like now. */
  checklist: Checklist;
}

/**
 * Gives the caller the next step of a bead: the one it is at, else the first that may begin and is nobody else's.
 *
 * Who holds the bead also takes over a step that the holder before it had begun. `claim` false only looks.
 */
export function moveOn(
  transaction: Transaction,
  { bead, claim }: { bead: Bead; claim: boolean },
): Onward {
  const { actor } = transaction;
  const checklist = checklistOf(transaction, bead);
  const within = (state: StepState) =>
    checklist.steps.filter((step) => step.state === state).map((s) => s.bead);
  const begun = within("current").find((step) => step.assignee === actor);
  if (begun) return { step: begun, claimed: false, checklist };
  // A part that somebody has is theirs.
  const left = bead.assignee === actor ? within("current").find(isStep) : undefined;
  const step = left ?? within("ready").find(({ assignee }) => assignee === undefined || assignee === actor);
  if (!step) {
    const part = partsLeft(transaction, bead).find((one) => stateOf(one) === "ready");
    return { ...present({ step: part }), claimed: false, checklist };
  }
  if (!claim || !isStep(step)) return { step, claimed: false, checklist };
  const claimed = left
    ? transaction.set(step.key, { assignee: actor })
    : claimBead(transaction, { key: step.key, actor });
  return { step: claimed, claimed: true, checklist: checklistOf(transaction, bead) };
}
