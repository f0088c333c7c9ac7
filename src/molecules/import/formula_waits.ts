import type { Importing, Table } from "./formula.ts";
import { neededBy, type StepMap, type StepsOf } from "./step_map.ts";

/** What a step waits for besides its needs, until all steps are known. */
interface Waits {
  /** Whether one of them is enough. */
  any: boolean;
  /** Whose children; those of its needs when absent. */
  of?: string;
  written: string;
  path: string;
  importing: Importing;
}

const waiting = new WeakMap<StepMap, Waits>();

/** Keeps what `waits_for` says; which steps it means is known once all are. */
export function addWaits(
  table: Table,
  { step, convert }: { step: StepMap; convert(need: string): string },
): void {
  const written = table.text("waits_for");
  if (written === undefined) return;
  const { importing } = table;
  const path = `${table.path}.waits_for`;
  const [, of] = /^children-of\(\s*(.+?)\s*\)$/.exec(written) ?? [];
  if (of === undefined && written !== "all-children" && written !== "any-children") {
    importing.refuse(path, `"${written}" is none of all-children, any-children and children-of(STEP)`);
    return;
  }
  const any = written === "any-children";
  waiting.set(step, { any, written, path, importing, ...(of === undefined ? {} : { of: convert(of) }) });
}

/** Replaces ids that have become several steps, and adds what steps wait for. */
export function settleNeeds({ steps, ends, children, fans, gates }: StepsOf): void {
  const written = new Map(steps.map((step) => [step, neededBy(step)]));
  for (const step of steps) {
    const needs = neededBy(step).flatMap((need) => ends.get(need) ?? [need]);
    if (needs.length > 0) step.needs = [...new Set(needs)];
  }
  for (const step of steps) {
    const waits = waiting.get(step);
    if (!waits) continue;
    waiting.delete(step);
    // A gate stands between a step and what it needs.
    const own = gates.get(step.id) ?? step;
    const spawners = waits.of !== undefined ? [waits.of] : written.get(own)!;
    const made = spawners.flatMap((id) => children.get(id) ?? []);
    const others = waits.any ? written.get(own)!.filter((id) => !children.has(id)) : [];
    addMade(own, { waits, spawners, made, fans, others });
  }
}

function addMade(
  step: StepMap,
  { waits, spawners, made, fans, others }: {
    waits: Waits;
    spawners: readonly string[];
    made: readonly string[];
    fans: ReadonlySet<string>;
    others: readonly string[];
  },
): void {
  const { importing, path, written } = waits;
  if (made.length === 0) {
    importing.refuse(
      path,
      `"${written}" waits for children that are only made later; let the step before give a list, and add one with for_each`,
    );
  } else if (!waits.any) step.needs = [...new Set([...neededBy(step), ...made])];
  else if (made.some((id) => fans.has(id))) {
    importing.refuse(
      path,
      `"${written}" of a list has no translation: a step for each element is done once all are`,
    );
  } else if (others.length > 0) {
    importing.refuse(path, `"${written}" together with a need of ${others.join(", ")} has no translation`);
  } else {
    importing.note(
      path,
      `"${step.id}" may begin once one of ${made.join(", ")} is done; it does not wait for ${
        spawners.join(", ")
      } itself`,
    );
    step.needs = { any: [...made] };
  }
}
