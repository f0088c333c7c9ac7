import { present } from "../../../lib/present.ts";
import { readSource } from "../../source/read_source.ts";
import { composed, type MoleculeShelf, type MoleculeText, referred } from "../compose.ts";
import type { Draft, DraftStep } from "../draft.ts";
import { createReport, TooManyProblems } from "../problem.ts";
import { readDraft } from "../read_draft.ts";

/** A molecule as it was read by itself: undefined where nothing is left of it. */
export interface ReadNested {
  draft: Draft | undefined;
  /** Whether reading it found errors. */
  isWrong: boolean;
}

/** Reads the molecules that others name, each once. */
export interface NestedReading {
  shelf: MoleculeShelf;
  read(found: MoleculeText): Promise<ReadNested>;
}

/** Begins with none read. */
export function createNestedReading(shelf: MoleculeShelf): NestedReading {
  const known = new Map<string, Promise<ReadNested>>();
  return {
    shelf,
    read: (found) => {
      const key = keyOf(found);
      const before = known.get(key);
      if (before) return before;
      const reading = readWhole(found, shelf);
      known.set(key, reading);
      return reading;
    },
  };
}

async function readWhole(found: MoleculeText, shelf: MoleculeShelf): Promise<ReadNested> {
  const { text, source } = found;
  const report = createReport(source);
  try {
    const own = readDraft({ source: await readSource(text), report });
    const draft = own && await composed(own, { shelf, report, texts: [], from: source });
    return { draft, isWrong: report.problems.some(({ severity }) => severity === "error") };
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
    return { draft: undefined, isWrong: true };
  }
}

/** Molecules that are the same text from the same place are the same. */
export function keyOf({ source, name, text }: MoleculeText): string {
  return source === "built-in" ? `built-in ${name ?? text}` : source;
}

/** The text of the molecule that a step runs, if it runs one that there is. */
export function nestedIn(
  { step: { action }, nested }: DraftStep,
  { shelf, from }: { shelf: MoleculeShelf; from: string },
): MoleculeText | undefined {
  if (action.kind !== "molecule" || !nested) return undefined;
  return referred(shelf, { name: action.molecule, from: nested.file.label ?? from });
}

/** The draft with what its nested molecules give and the secrets they have, by name; without those of one that cannot be read. */
export async function withNested(
  draft: Draft,
  { reading, from }: { reading: NestedReading; from: string },
): Promise<Draft> {
  const known = new Map<string, ReturnType<typeof givenBy>>();
  const steps = await Promise.all(draft.steps.map(async (each): Promise<DraftStep> => {
    const { step } = each;
    const { action } = step;
    const found = nestedIn(each, { shelf: reading.shelf, from });
    if (action.kind !== "molecule" || !found) return each;
    const key = keyOf(found);
    if (!known.has(key)) known.set(key, givenBy(found, reading));
    return { ...each, step: { ...step, action: { ...action, ...await known.get(key) } } };
  }));
  return { ...draft, steps };
}

async function givenBy(
  found: MoleculeText,
  reading: NestedReading,
): Promise<{ outputs?: readonly string[]; secrets?: readonly string[] }> {
  const outputs = (await reading.read(found)).draft?.outputs.map(({ name }) => name);
  const secrets = new Set<string>();
  await collectSecrets(found, { reading, secrets, seen: new Set() });
  return present({ outputs, secrets: secrets.size > 0 ? [...secrets].sort() : undefined });
}

/** Those of a molecule, and of all that are nested in it. */
async function collectSecrets(
  found: MoleculeText,
  collecting: { reading: NestedReading; secrets: Set<string>; seen: Set<string> },
): Promise<void> {
  const { reading: { shelf, read }, secrets, seen } = collecting;
  const key = keyOf(found);
  // One that contains itself is reported elsewhere.
  if (seen.has(key)) return;
  seen.add(key);
  for (const each of (await read(found)).draft?.steps ?? []) {
    for (const name of each.step.secrets) secrets.add(name);
    const nested = nestedIn(each, { shelf, from: found.source });
    if (nested) await collectSecrets(nested, collecting);
  }
}
