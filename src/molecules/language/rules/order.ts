/**
 * The rules of the linter: what a molecule as a whole must keep.
 *
 * Each takes the composed draft and reports; none changes it.
 *
 * @module
 */
import { ringsOf, type StepGraph } from "../../step_graph.ts";
import type { Compile } from "../../expressions/compile.ts";
import type { Draft, DraftStep, StepList } from "../draft.ts";
import { type ListGraph, listGraphs } from "../list_graphs.ts";
import { plainHint } from "../plain_braces.ts";
import { suggestion } from "../problem.ts";
import type { StepReports } from "./step_reports.ts";

const LISTS: Readonly<Record<StepList, string>> = {
  steps: "steps",
  onFailure: "on_failure",
  finally: "finally",
};

/** Ids that stand twice. */
export function checkIds({ steps }: Draft, reports: StepReports): void {
  const known = new Set<string>();
  for (const each of steps) {
    const { step: { id }, idPlace } = each;
    if (known.has(id)) {
      reports(each).error(idPlace, { rule: "duplicate-id", message: `id: "${id}" stands here twice` });
    }
    known.add(id);
  }
}

/** Needs that no step of the same list has, and steps that wait for each other. */
export function checkNeeds(draft: Draft, reports: StepReports): void {
  const lists = new Map(draft.steps.map(({ step, list }) => [step.id, list]));
  const ids = Object.fromEntries(
    Object.keys(LISTS).map((list) => [list, [...lists].flatMap(([id, of]) => of === list ? [id] : [])]),
  );
  for (const each of draft.steps) {
    const { list, needs } = each;
    for (const { id, place } of needs) {
      const other = lists.get(id);
      if (other === list || (other === undefined && draft.ids.has(id))) continue;
      const message = other === undefined
        ? `needs: there is no step "${id}"${
          plainHint(id) ?? suggestion(id, (ids[list] ?? []).filter((other) => other !== each.step.id))
        }`
        : `needs: "${id}" is in ${LISTS[other]}; ${needsAcross(list, other)}`;
      reports(each).error(place, { rule: "unknown-need", message });
    }
  }
  for (const each of listGraphs(draft)) checkRings(each, reports);
}

function needsAcross(list: StepList, other: StepList): string {
  return list === "steps" || other === "finally"
    ? `its steps come after all others`
    : `steps of ${LISTS[list]} come after those of ${LISTS[other]} anyway`;
}

const MOST_IN_RING = 12;

function checkRings({ steps, graph }: ListGraph, reports: StepReports): void {
  for (const ring of ringsOf(graph)) {
    const first = steps[ring[0]!]!;
    const ids = ring.map((position) => steps[position]!.step.id);
    const way = (ids.length > MOST_IN_RING
      ? [...ids.slice(0, MOST_IN_RING - 2), `… ${ids.length - MOST_IN_RING} more …`, ...ids.slice(-2)]
      : ids).join(" → ");
    reports(first).error(first.idPlace, {
      rule: "cycle",
      message: `needs: "${first.step.id}" waits for itself: ${way}`,
    });
  }
}

/** Steps that can never run. */
export function checkReach(
  draft: Draft,
  { reports, compile }: { reports: StepReports; compile: Compile },
): void {
  for (const { steps, graph } of listGraphs(draft)) {
    const never = new Map<number, string>();
    for (const position of graph.order) {
      const why = whyNever(steps[position]!, { graph, position, never, steps, compile });
      if (why === undefined) continue;
      never.set(position, why);
      const { step, idPlace } = steps[position]!;
      reports(steps[position]!).error(idPlace, {
        rule: "unreachable",
        message: `"${step.id}" can never run: ${why}`,
      });
    }
  }
}

interface Reach {
  graph: StepGraph;
  position: number;
  never: ReadonlyMap<number, string>;
  steps: readonly DraftStep[];
  compile: Compile;
}

function whyNever(
  { step }: DraftStep,
  { graph, position, never, steps, compile }: Reach,
): string | undefined {
  const { needs } = step;
  if (needs.mode === "quorum" && needs.count > needs.of.length) {
    return `it needs ${needs.count} of ${needs.of.length} steps`;
  }
  if (step.when && isAlwaysFalse(step.when.source, compile)) return "its condition is always false";
  if (!step.strict) return undefined;
  // Elsewhere a need that is skipped counts as satisfied.
  const lost = graph.before[position]!.filter((need) => never.has(need));
  const left = needs.of.length - lost.length;
  const enough = needs.mode === "all"
    ? left === needs.of.length
    : left >= (needs.mode === "any" ? 1 : needs.count);
  return enough || lost.length === 0
    ? undefined
    : `it is strict, and "${steps[lost[0]!]!.step.id}" never runs`;
}

function isAlwaysFalse(source: string, compile: Compile): boolean {
  try {
    const { reads, run } = compile(source);
    return reads.length === 0 && run({}) === false;
  } catch {
    return false;
  }
}
