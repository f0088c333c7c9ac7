import type { Expression, Needs, StepDefinition } from "../definition.ts";
import { bindTo } from "./bind_aspect.ts";
import type { Draft, DraftAspect, DraftStep } from "./draft.ts";
import type { Report } from "./problem.ts";
import { joined } from "./rewrite.ts";

/** More steps than these are not woven together. */
const MOST_STEPS = 10_000;

/** A step, and how many rounds of weaving were before it. */
interface Woven {
  each: DraftStep;
  since: number;
}

/** A step as it was written, with what stands around it. */
interface Slot {
  before: Woven[];
  own: Woven;
  after: Woven[];
}

interface Weaving {
  slots: ReadonlyMap<string, Slot>;
  /** Each step of an aspect behind one of another id, in rounds: whatever needed that one before, needs this one. */
  ends: Map<string, { round: number; id: string }[]>;
  round: number;
}

/** The draft with the steps of its aspects before and after those they match. */
export function weave(draft: Draft, report: Report): Draft {
  if (draft.aspects.length === 0) return draft;
  const slots = draft.steps.map((each): Slot => ({ before: [], own: { each, since: 0 }, after: [] }));
  // Only the steps as they were written are matched, not those of other aspects.
  const main = slots.filter(({ own }) => own.each.list === "steps");
  // A part that is nothing but aspects is for the steps of those that include it.
  if (main.length === 0) return draft;
  const ids = main.flatMap(({ own: { each } }) => each.apart ? [] : [each.step.id]);
  const weaving: Weaving = {
    slots: new Map(main.map((slot) => [slot.own.each.step.id, slot])),
    ends: new Map(),
    round: 0,
  };
  let count = slots.length;
  for (const aspect of draft.aspects) {
    for (const id of matchedBy(aspect, { ids, report })) {
      putAround(weaving, { aspect, id });
      count += aspect.before.length + aspect.after.length;
      if (count <= MOST_STEPS) continue;
      const message = `with its aspects it has more than ${MOST_STEPS} steps`;
      report.error(aspect.patterns[0]!.place, { rule: "size", message });
      return draft;
    }
  }
  const steps = slots.flatMap(({ before, own, after }) => [...before, own, ...after]);
  return { ...draft, steps: steps.map((woven) => settled(woven, weaving)) };
}

function matchedBy(
  { patterns }: DraftAspect,
  { ids, report }: { ids: readonly string[]; report: Report },
): string[] {
  const matched = new Set(patterns.flatMap(({ text, place }) => {
    const found = ids.filter((id) => matches(text, id));
    if (found.length === 0) {
      report.error(place, { rule: "composition", message: `match: no step is called "${text}"` });
    }
    return found;
  }));
  return ids.filter((id) => matched.has(id));
}

function matches(pattern: string, id: string): boolean {
  const [first, ...others] = pattern.split("*") as [string, ...string[]];
  const last = others.pop();
  if (last === undefined) return id === pattern;
  if (!id.startsWith(first)) return false;
  // The first place of each part leaves most to the parts behind it.
  let at = first.length;
  for (const part of others) {
    at = id.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return id.length - at >= last.length && id.endsWith(last);
}

function putAround(weaving: Weaving, { aspect, id }: { aspect: DraftAspect; id: string }): void {
  const slot = weaving.slots.get(id)!;
  const since = ++weaving.round;
  const target = settled(slot.own, weaving);
  const [early, late] = [idsOf(aspect.before), idsOf(aspect.after)];
  const before = chained(aspect.before, { target, first: target.step.needs, among: early });
  const after = chained(aspect.after.map((each) => behind(id, { each, early, late })), {
    target,
    first: { mode: "all", of: [id] },
    among: early.union(late),
  });
  const [lastBefore, lastAfter] = [before.at(-1)?.step.id, after.at(-1)?.step.id];
  if (lastBefore !== undefined) {
    slot.own = { each: needing(target, { mode: "all", of: [lastBefore] }), since };
  }
  slot.before.push(...before.map((each) => ({ each, since })));
  slot.after.unshift(...after.map((each) => ({ each, since })));
  if (lastAfter === undefined) return;
  const ends = weaving.ends.get(id) ?? [];
  weaving.ends.set(id, [...ends, { round: since, id: lastAfter }]);
}

function idsOf(steps: readonly DraftStep[]): Set<string> {
  return new Set(steps.map(({ step }) => step.id));
}

/** A step behind a target: one that asks only for what is before that waits for it as well. */
function behind(
  id: string,
  { each, early, late }: { each: DraftStep; early: ReadonlySet<string>; late: ReadonlySet<string> },
): DraftStep {
  const { needs } = each.step;
  const isEarly = needs.mode === "all" && needs.of.some((need) => early.has(need)) &&
    !needs.of.some((need) => need === id || late.has(need));
  return isEarly ? needing(each, { ...needs, of: [...needs.of, id] }) : each;
}

/** The step with its needs as the rounds behind it have left them. */
function settled({ each, since }: Woven, { ends }: Weaving): DraftStep {
  if (each.list !== "steps") return each;
  const { needs } = each.step;
  const endOf = (need: string) => ends.get(need)?.find(({ round }) => round > since)?.id ?? need;
  return needs.of.some((need) => endOf(need) !== need)
    ? needing(each, { ...needs, of: needs.of.map(endOf) })
    : each;
}

function needing(each: DraftStep, needs: Needs): DraftStep {
  return { ...each, step: { ...each.step, needs } };
}

/** Steps of an aspect for one target: each after the one before it, unless it says what it needs; `among` are those they name. */
function chained(
  steps: readonly DraftStep[],
  { target, first, among }: { target: DraftStep; first: Needs; among: ReadonlySet<string> },
): DraftStep[] {
  const { id, when } = target.step;
  const renamed = (name: string) => among.has(name) ? `${id}-${name}` : name;
  const bind = bindTo({ target: target.step, renamed });
  return steps.map((each, at): DraftStep => {
    const { step } = each;
    const own: Needs = { ...step.needs, of: step.needs.of.map(renamed) };
    const follows: Needs = at === 0 ? first : { mode: "all", of: [renamed(steps[at - 1]!.step.id)] };
    const bound = bind(step);
    return {
      ...each,
      inAspect: true,
      uses: bind(each.uses),
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
  return { when: step.when ? joined(["(", when, ") && (", step.when, ")"]) : when };
}
