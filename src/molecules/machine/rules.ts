import type { Definition, StepDefinition } from "../definition.ts";
import type { Section } from "./run.ts";

/** A step as the machine sees it: with the numbers of those around it. */
export interface StepRules {
  id: string;
  index: number;
  section: Section;
  definition: StepDefinition;
  /** Numbers of the steps it needs, and how many of them must count as satisfied; each once. */
  needs: readonly number[];
  enough: number;
  /** Numbers of the steps that need it. */
  dependents: readonly number[];
  /** Whether it is spread into elements. */
  isFanOut: boolean;
  /** Where its `when` is worked out: once, or for each element because it speaks of them. */
  decides: "no" | "once" | "each";
}

/** What the machine has to know of a molecule; worked out once. */
export interface RunRules {
  definition: Definition;
  steps: readonly StepRules[];
  byId: ReadonlyMap<string, number>;
  /** The numbers of each section: from, and up to but not including. */
  sections: Readonly<Record<Section, readonly [from: number, to: number]>>;
}

/** Shared by all steps that have none. */
const NONE: readonly number[] = Object.freeze([]);

/** Works out the rules of a molecule. @throws {Error} when a need names no step, which a checked molecule never does. */
export function rulesOf(definition: Definition): RunRules {
  const sections = {} as Record<Section, readonly [number, number]>;
  const all: { section: Section; definition: StepDefinition }[] = [];
  for (const section of ["steps", "onFailure", "finally"] as const) {
    const from = all.length;
    for (const step of definition[section]) all.push({ section, definition: step });
    sections[section] = [from, all.length];
  }
  const byId = new Map(all.map(({ definition: { id } }, index) => [id, index]));
  const needed = all.map(({ definition: { id: of, needs } }) =>
    needs.of.length === 0 ? NONE : [...new Set(needs.of)].map((id) => numberOf(byId, { id, of }))
  );
  const dependents: number[][] = [];
  needed.forEach((needs, index) => needs.forEach((need) => (dependents[need] ??= []).push(index)));
  const steps = all.map(({ section, definition }, index): StepRules => {
    const needs = needed[index]!;
    const isFanOut = definition.matrix !== undefined || definition.forEach !== undefined;
    return {
      id: definition.id,
      index,
      section,
      definition,
      needs,
      enough: enoughOf(definition, needs.length),
      dependents: dependents[index] ?? NONE,
      isFanOut,
      decides: decisionOf(definition, isFanOut),
    };
  });
  return { definition, steps, byId, sections };
}

function numberOf(byId: ReadonlyMap<string, number>, { id, of }: { id: string; of: string }): number {
  const index = byId.get(id);
  if (index === undefined) throw new Error(`step "${of}" needs "${id}", which there is not`);
  return index;
}

function enoughOf({ needs }: StepDefinition, count: number): number {
  if (needs.mode === "all") return count;
  return Math.min(count, needs.mode === "any" ? 1 : needs.count);
}

function decisionOf({ when }: StepDefinition, isFanOut: boolean): StepRules["decides"] {
  if (!when) return "no";
  return isFanOut && /\b(matrix|item)\b/.test(when.source) ? "each" : "once";
}
