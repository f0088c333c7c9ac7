import { present } from "../../../lib/present.ts";
import { readSource } from "../../source/read_source.ts";
import {
  composed,
  type Composing,
  type MoleculeShelf,
  type MoleculeText,
  referred,
  whyMissing,
} from "../compose.ts";
import type { Draft, DraftStep } from "../draft.ts";
import { createReport, type Report, TooManyProblems } from "../problem.ts";
import { readDraft } from "../read_draft.ts";
import { leaksOf, type NestedDraft } from "./leaks.ts";
import { reportsOf } from "./step_reports.ts";
import { type Taint, taintOf } from "./taint.ts";
import { createTypeCheck } from "./types.ts";
import { checkValues } from "./with_values.ts";

/** What is needed to look into other molecules, and to say whether one is in order by itself. */
export interface NestedChecking extends Composing {
  /** Path of the molecule's own file. */
  from: string;
  check(draft: Draft, report: Report): void;
}

/** Nested molecules that do not exist, contain themselves, or get other values than they ask for. */
export async function checkNested(draft: Draft, composing: NestedChecking): Promise<void> {
  const { from } = composing;
  const reports = reportsOf(composing.report);
  let known: Taint | undefined;
  const taint = () => known ??= taintOf(draft, { typeCheck: createTypeCheck(draft) });
  for (const each of draft.steps) {
    const { action } = each.step;
    if (action.kind !== "molecule" || !each.nested) continue;
    const { place } = each.nested;
    const report = reports(each);
    const name = action.molecule;
    const found = nestedIn(each, { shelf: composing.shelf, from });
    if (!found) {
      const message = whyMissing(composing.shelf, { name, from: each.nested.file.label ?? from });
      report.error(place, { rule: "unknown-molecule", message });
      continue;
    }
    const nested = await readNested(found, composing);
    if (!nested) {
      const message = `molecule "${name}" cannot be used; see gt mol lint ${name}`;
      report.error(place, { rule: "unknown-molecule", message });
      continue;
    }
    if (nested.steps.length === 0) {
      const message = `molecule "${name}" has no steps, only aspects; take it in with include`;
      report.error(place, { rule: "unknown-molecule", message });
    }
    const ring = await ringTo(nested, { target: from, seen: new Set(), composing, found, name: draft.name });
    if (ring) report.error(place, { rule: "recursion", message: `"${draft.name}" contains itself: ${ring}` });
    checkValues(each, { nested, name, report });
    await checkLeaks(each, { taint, nested: { draft: nested, found }, composing, report });
  }
}

/** Values that an agent wrote and a nested molecule makes a part of a command. */
async function checkLeaks(
  each: DraftStep,
  { taint, nested, composing, report }: {
    taint: () => Taint;
    nested: NestedDraft;
    composing: NestedChecking;
    report: Report;
  },
): Promise<void> {
  const read = async (name: string, { from }: { from: string }): Promise<NestedDraft | undefined> => {
    const found = referred(composing.shelf, { name, from });
    const draft = found && await readNested(found, composing);
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

/** The draft with what its nested molecules give and the secrets they have, by name; without those of one that cannot be read. */
export async function withNested(
  draft: Draft,
  { shelf, from }: { shelf: MoleculeShelf; from: string },
): Promise<Draft> {
  const read = createReading(shelf);
  const known = new Map<string, ReturnType<typeof givenBy>>();
  const steps = await Promise.all(draft.steps.map(async (each): Promise<DraftStep> => {
    const { step } = each;
    const { action } = step;
    const found = nestedIn(each, { shelf, from });
    if (action.kind !== "molecule" || !found) return each;
    const key = keyOf(found);
    if (!known.has(key)) known.set(key, givenBy(found, { shelf, read }));
    return { ...each, step: { ...step, action: { ...action, ...await known.get(key) } } };
  }));
  return { ...draft, steps };
}

/** The text of the molecule that a step runs, if it runs one that there is. */
function nestedIn(
  { step: { action }, nested }: DraftStep,
  { shelf, from }: { shelf: MoleculeShelf; from: string },
): MoleculeText | undefined {
  if (action.kind !== "molecule" || !nested) return undefined;
  return referred(shelf, { name: action.molecule, from: nested.file.label ?? from });
}

/** Reads molecules, each once. */
type Reading = (found: MoleculeText) => Promise<Draft | undefined>;

function createReading(shelf: MoleculeShelf): Reading {
  const known = new Map<string, Promise<Draft | undefined>>();
  return (found) => {
    const key = keyOf(found);
    const before = known.get(key);
    if (before) return before;
    const reading = readWhole(found, { shelf, report: createReport(found.source) }).catch((error) => {
      if (!(error instanceof TooManyProblems)) throw error;
      return undefined;
    });
    known.set(key, reading);
    return reading;
  };
}

async function givenBy(
  found: MoleculeText,
  reading: { shelf: MoleculeShelf; read: Reading },
): Promise<{ outputs?: readonly string[]; secrets?: readonly string[] }> {
  const outputs = (await reading.read(found))?.outputs.map(({ name }) => name);
  const secrets = new Set<string>();
  await collectSecrets(found, { ...reading, secrets, seen: new Set() });
  return present({ outputs, secrets: secrets.size > 0 ? [...secrets].sort() : undefined });
}

/** Those of a molecule, and of all that are nested in it. */
async function collectSecrets(
  found: MoleculeText,
  collecting: { shelf: MoleculeShelf; read: Reading; secrets: Set<string>; seen: Set<string> },
): Promise<void> {
  const { shelf, read, secrets, seen } = collecting;
  const key = keyOf(found);
  // One that contains itself is reported elsewhere.
  if (seen.has(key)) return;
  seen.add(key);
  for (const each of (await read(found))?.steps ?? []) {
    for (const name of each.step.secrets) secrets.add(name);
    const nested = nestedIn(each, { shelf, from: found.source });
    if (nested) await collectSecrets(nested, collecting);
  }
}

async function readWhole(
  { text, source }: MoleculeText,
  { shelf, report }: { shelf: MoleculeShelf; report: Report },
): Promise<Draft | undefined> {
  const draft = readDraft({ source: await readSource(text), report });
  return draft && await composed(draft, { shelf, report, texts: [], from: source });
}

async function readNested(found: MoleculeText, { shelf, check }: NestedChecking): Promise<Draft | undefined> {
  const report = createReport(found.source);
  let whole: Draft | undefined;
  try {
    whole = await readWhole(found, { shelf, report });
    if (whole) check(await withNested(whole, { shelf, from: found.source }), report);
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
  }
  return report.problems.some(({ severity }) => severity === "error") ? undefined : whole;
}

/** Molecules that are the same text from the same place are the same. */
function keyOf({ source, name, text }: MoleculeText): string {
  return source === "built-in" ? `built-in ${name ?? text}` : source;
}

async function ringTo(
  nested: Draft,
  options: {
    target: string;
    seen: Set<string>;
    composing: NestedChecking;
    found: MoleculeText;
    name: string;
  },
): Promise<string | undefined> {
  const { target, seen, composing, found, name } = options;
  const key = keyOf(found);
  if (found.source === target && nested.name === name) return nested.name;
  if (seen.has(key)) return undefined;
  seen.add(key);
  for (const { step: { action } } of nested.steps) {
    if (action.kind !== "molecule") continue;
    const next = referred(composing.shelf, { name: action.molecule, from: found.source });
    const draft = next && await readNested(next, composing);
    const way = draft && await ringTo(draft, { ...options, found: next });
    if (way) return `${nested.name} → ${way}`;
  }
  return undefined;
}
