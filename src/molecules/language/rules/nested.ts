import { type MoleculeShelf, type MoleculeText, referred, whyMissing } from "../compose.ts";
import type { Draft, DraftStep } from "../draft.ts";
import { createReport, type Report, TooManyProblems } from "../problem.ts";
import { leaksOf, type NestedDraft } from "./leaks.ts";
import { createNestedReading, keyOf, nestedIn, type NestedReading, withNested } from "./nested_reading.ts";
import { reportsOf } from "./step_reports.ts";
import { type Taint, taintOf } from "./taint.ts";
import { createTypeCheck } from "./types.ts";
import { checkValues } from "./with_values.ts";

/** Says what is wrong with a molecule by itself, nested ones left aside. */
type CheckOwn = (draft: Draft, report: Report) => void;

/** What is known of the molecules that are nested in the one that is read, however deep: each is read and checked once. */
export interface NestedChecking {
  reading: NestedReading;
  /** One that is in order by itself, with what is nested in it; undefined for another. */
  own(found: MoleculeText): Promise<Draft | undefined>;
  /** Whether one, and all that is nested in it, is in order. */
  isSound(found: MoleculeText): Promise<boolean>;
}

/** Begins with nothing known. */
export function createNestedChecking(shelf: MoleculeShelf, check: CheckOwn): NestedChecking {
  const reading = createNestedReading(shelf);
  const drafts = new Map<string, Promise<Draft | undefined>>();
  const sound = new Map<string, boolean>();
  const checking: NestedChecking = {
    reading,
    own: (found) => {
      const key = keyOf(found);
      if (!drafts.has(key)) drafts.set(key, checkedOwn(found, { reading, check }));
      return drafts.get(key)!;
    },
    isSound: async (found) => {
      const key = keyOf(found);
      const before = sound.get(key);
      if (before !== undefined) return before;
      // One that contains itself is reported as that.
      sound.set(key, true);
      const draft = await checking.own(found);
      const isSound = draft !== undefined && await isSoundWithin(draft, { found, checking });
      sound.set(key, isSound);
      return isSound;
    },
  };
  return checking;
}

async function checkedOwn(
  found: MoleculeText,
  { reading, check }: { reading: NestedReading; check: CheckOwn },
): Promise<Draft | undefined> {
  const { draft, isWrong } = await reading.read(found);
  if (!draft || isWrong) return undefined;
  const whole = await withNested(draft, { reading, from: found.source });
  return await isInOrder(found, (report) => check(whole, report)) ? whole : undefined;
}

function isSoundWithin(
  draft: Draft,
  { found, checking }: { found: MoleculeText; checking: NestedChecking },
): Promise<boolean> {
  return isInOrder(found, (report) => checkNested(draft, { from: found.source, report, checking }));
}

/** Whether a check of a molecule finds no errors. */
async function isInOrder(
  { source }: MoleculeText,
  check: (report: Report) => void | Promise<void>,
): Promise<boolean> {
  const report = createReport(source);
  try {
    await check(report);
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
  }
  return report.problems.every(({ severity }) => severity !== "error");
}

/** Nested molecules that do not exist, contain themselves, are wrong at any depth, or get other values than they ask for. */
export async function checkNested(
  draft: Draft,
  options: { from: string; report: Report; checking: NestedChecking },
): Promise<void> {
  const { from, checking, checking: { reading: { shelf } } } = options;
  const reports = reportsOf(options.report);
  let known: Taint | undefined;
  const taint = () => known ??= taintOf(draft, { typeCheck: createTypeCheck(draft) });
  const rings = new Map<string, string | undefined>();
  for (const each of draft.steps) {
    const { action } = each.step;
    if (action.kind !== "molecule" || !each.nested) continue;
    const { place } = each.nested;
    const report = reports(each);
    const name = action.molecule;
    const unknown = (message: string) => report.error(place, { rule: "unknown-molecule", message });
    const found = nestedIn(each, { shelf, from });
    if (!found) {
      unknown(whyMissing(shelf, { name, from: each.nested.file.label ?? from }));
      continue;
    }
    const nested = await checking.own(found);
    const ring = nested && await ringTo(found, { target: { from, name: draft.name }, rings, checking });
    if (ring !== undefined) {
      report.error(place, { rule: "recursion", message: `"${draft.name}" contains itself: ${ring}` });
    } else if (!nested || !await checking.isSound(found)) {
      unknown(`molecule "${name}" cannot be used; see gt mol lint ${name}`);
    }
    if (!nested) continue;
    if (nested.steps.length === 0) {
      unknown(`molecule "${name}" has no steps, only aspects; take it in with include`);
    }
    checkValues(each, { nested, name, report });
    await checkLeaks(each, { taint, nested: { draft: nested, found }, checking, report });
  }
}

/** Values that an agent wrote and a nested molecule makes a part of a command. */
async function checkLeaks(
  each: DraftStep,
  { taint, nested, checking, report }: {
    taint: () => Taint;
    nested: NestedDraft;
    checking: NestedChecking;
    report: Report;
  },
): Promise<void> {
  const read = async (name: string, { from }: { from: string }): Promise<NestedDraft | undefined> => {
    const found = referred(checking.reading.shelf, { name, from });
    const draft = found && await checking.own(found);
    return draft && { draft, found };
  };
  for (const { valuePlace, name } of await leaksOf(each, { taint, nested, read })) {
    report.error(valuePlace, {
      rule: "shell-injection",
      message:
        `with: "${name}" comes from an agent, and a shell of "${nested.draft.name}" would run what it says: ` +
        "there it must be written with quote(…), or be given in env",
    });
  }
}

/** The way from a molecule to one that it is nested in; undefined where there is none. */
async function ringTo(
  found: MoleculeText,
  options: {
    target: { from: string; name: string };
    /** The ways from those that were looked at already. */
    rings: Map<string, string | undefined>;
    checking: NestedChecking;
  },
): Promise<string | undefined> {
  const { target, rings, checking } = options;
  const key = keyOf(found);
  if (rings.has(key)) return rings.get(key);
  rings.set(key, undefined);
  const nested = await checking.own(found);
  if (!nested) return undefined;
  if (found.source === target.from && nested.name === target.name) {
    rings.set(key, nested.name);
    return nested.name;
  }
  for (const each of nested.steps) {
    const next = nestedIn(each, { shelf: checking.reading.shelf, from: found.source });
    const way = next && await ringTo(next, options);
    if (way === undefined) continue;
    rings.set(key, `${nested.name} → ${way}`);
    return rings.get(key);
  }
  return undefined;
}
