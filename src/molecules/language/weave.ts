import type { Expression, Needs, StepDefinition } from "../definition.ts";
import { templateParts } from "../expressions/template_text.ts";
import type { Draft, DraftAspect, DraftStep } from "./draft.ts";
import type { Report } from "./problem.ts";

/** The draft with the steps of its aspects before and after those they match. */
export function weave(draft: Draft, report: Report): Draft {
  if (draft.aspects.length === 0) return draft;
  const main = draft.steps.filter(({ list }) => list === "steps");
  // Only the steps as they were written are matched, not those of other aspects.
  const targets = main.map((each) => each.step.id);
  // A part that is nothing but aspects is for the steps of those that include it.
  if (targets.length === 0) return draft;
  let steps: readonly DraftStep[] = draft.steps;
  for (const aspect of draft.aspects) {
    const matched = new Set(aspect.patterns.flatMap(({ text, place }) => {
      const ids = targets.filter((id) => matches(text, id));
      if (ids.length === 0) {
        report.error(place, { rule: "composition", message: `match: no step is called "${text}"` });
      }
      return ids;
    }));
    for (const id of targets) if (matched.has(id)) steps = around(steps, { aspect, id });
  }
  return { ...draft, steps: [...steps] };
}

function matches(pattern: string, id: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${source}$`).test(id);
}

function around(steps: readonly DraftStep[], options: { aspect: DraftAspect; id: string }): DraftStep[] {
  const { aspect, id } = options;
  const target = steps.find(({ step }) => step.id === id)!;
  const before = chained(aspect.before, { target, first: target.step.needs });
  const after = chained(aspect.after, { target, first: { mode: "all", of: [id] } });
  const [lastBefore, lastAfter] = [before.at(-1)?.step.id, after.at(-1)?.step.id];
  return steps.flatMap((each) => {
    if (each === target) {
      const waiting = lastBefore === undefined ? each : needing(each, { mode: "all", of: [lastBefore] });
      return [...before, waiting, ...after];
    }
    const { needs } = each.step;
    if (lastAfter === undefined || each.list !== "steps" || !needs.of.includes(id)) return [each];
    return [needing(each, { ...needs, of: needs.of.map((need) => need === id ? lastAfter : need) })];
  });
}

function needing(each: DraftStep, needs: Needs): DraftStep {
  return { ...each, step: { ...each.step, needs } };
}

/** Steps of an aspect for one target: each after the one before it, unless it says what it needs. */
function chained(
  steps: readonly DraftStep[],
  { target, first }: { target: DraftStep; first: Needs },
): DraftStep[] {
  const { id, title, when } = target.step;
  const renamed = (name: string) => steps.some(({ step }) => step.id === name) ? `${id}-${name}` : name;
  return steps.map((each, at): DraftStep => {
    const { step } = each;
    const own: Needs = { ...step.needs, of: step.needs.of.map(renamed) };
    const follows: Needs = at === 0 ? first : { mode: "all", of: [renamed(steps[at - 1]!.step.id)] };
    const words = { "step.id": id, "step.title": title.text };
    const bound = bind(step, words);
    return {
      ...each,
      uses: bind(each.uses, words),
      needs: each.needs.map((need) => ({ ...need, id: renamed(need.id) })),
      step: {
        ...bound,
        id: renamed(step.id),
        needs: own.of.length > 0 ? own : follows,
        ...bothConditions(when, bound),
      },
    };
  });
}

/** What is around a step is skipped with it. */
function bothConditions(when: Expression | undefined, step: StepDefinition): { when?: Expression } {
  if (!when) return {};
  return { when: step.when ? { ...when, source: `(${when.source}) && (${step.when.source})` } : when };
}

/** A value with `step.id` and `step.title` replaced by what they stand for, in each of its expressions. */
function bind<T>(value: T, words: Readonly<Record<string, string>>): T {
  const inExpression = (source: string) =>
    source.replace(/\bstep\.(?:id|title)\b/g, (word) => JSON.stringify(words[word]));
  const inTemplate = (text: string) =>
    templateParts(text).map((part) => "text" in part ? part.text : `{{ ${inExpression(part.source)} }}`).join(
      "",
    );
  const walk = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(walk);
    if (each === null || typeof each !== "object") return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, inner]) => {
        if (key === "text" && typeof inner === "string" && inner.includes("{{")) {
          return [key, inTemplate(inner)];
        }
        return key === "source" && typeof inner === "string"
          ? [key, inExpression(inner)]
          : [key, walk(inner)];
      }),
    );
  };
  return walk(value) as T;
}
