import type { Words } from "./formula_text.ts";
import type { StepIds } from "./step_ids.ts";

/** A step of a molecule, as it is written. */
export type StepMap = { id: string } & Record<string, unknown>;

/** The steps that came of those of a formula, and what their ids stand for now. */
export interface StepsOf {
  steps: StepMap[];
  /** For an id that has become several steps, those that must be done for it to be done. */
  ends: Map<string, readonly string[]>;
  /** The children of a step that had some. */
  children: Map<string, readonly string[]>;
  /** Steps of which one is done for each element of a list. */
  fans: Set<string>;
  /** The gate that was made for a step, by the step's id. */
  gates: Map<string, StepMap>;
}

/** What steps are read with. */
export interface StepContext {
  ids: StepIds;
  words?: Words;
  /** Begins the id of each step: `move-iter2-`. */
  prefix?: string;
  /** Begins the ids of what stands around a loop. */
  outer?: string;
  /** Raw ids of the steps that are read together. */
  local?: ReadonlySet<string>;
  /** What ids begin with that is left out: `{target}.`. */
  strip?: RegExp;
  /** Values for ranges. */
  values?: Readonly<Record<string, string>>;
}

/** No steps. */
export function noSteps(): StepsOf {
  return {
    steps: [],
    ends: new Map(),
    children: new Map(),
    fans: new Set(),
    gates: new Map(),
  };
}

/** The steps that no other one of them needs. */
export function endsOf(steps: readonly StepMap[]): string[] {
  const needed = new Set(steps.flatMap(neededBy));
  return steps.map(({ id }) => id).filter((id) => !needed.has(id));
}

/** Ids of what a step needs, in whatever way. */
export function neededBy({ needs }: StepMap): readonly string[] {
  if (needs === undefined) return [];
  return Array.isArray(needs) ? needs : (needs as { any: readonly string[] }).any;
}

/** Only the fields that have a value. */
export function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""),
  );
}

/** Texts as paragraphs of one. */
export function paragraphs(...texts: readonly (string | undefined)[]): string | undefined {
  const given = texts.filter((text) => text !== undefined && text.trim() !== "").map((text) => text!.trim());
  return given.length === 0
    ? undefined
    : `${given.join("\n\n")}${given.join("").includes("\n") || given.length > 1 ? "\n" : ""}`;
}
