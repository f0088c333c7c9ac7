import { compiledIfSound, insertedSource } from "../../expressions/compile.ts";
import { templateParts } from "../../expressions/template_text.ts";
import type { MoleculeText } from "../compose.ts";
import type { Draft, DraftStep, GivenValue } from "../draft.ts";
import { shellProblem } from "./shell.ts";
import { type Taint, taintOf } from "./taint.ts";
import { createTypeCheck, type TypeCheck } from "./types.ts";

/** A nested molecule that is in order, and where it is from. */
export interface NestedDraft {
  draft: Draft;
  found: MoleculeText;
}

/** Reads a molecule that is named in a file; undefined for one that cannot be used. */
type ReadNested = (name: string, options: { from: string }) => Promise<NestedDraft | undefined>;

interface Leaking {
  read: ReadNested;
  /** What is looked at already, as molecule and variable. */
  seen: Set<string>;
}

/** The values that an agent wrote and that become a part of a command in a nested molecule, however deep. */
export async function leaksOf(
  each: DraftStep,
  { taint, nested, read }: { taint: () => Taint; nested: NestedDraft; read: ReadNested },
): Promise<GivenValue[]> {
  const { action } = each.step;
  const hasInsertion = action.kind === "molecule" &&
    Object.values(action.with).some(({ text }) => text.includes("{{"));
  if (!hasInsertion) return [];
  const leaks: GivenValue[] = [];
  for (const given of taintedValues(each, taint())) {
    if (await isLeaked(given.name, { nested, leaking: { read, seen: new Set() } })) leaks.push(given);
  }
  return leaks;
}

function taintedValues(each: DraftStep, taint: Taint): GivenValue[] {
  const { action } = each.step;
  if (action.kind !== "molecule" || !each.nested) return [];
  return each.nested.with.filter(({ name }) => taint.isIn(action.with[name]!, each));
}

async function isLeaked(
  name: string,
  { nested: { draft, found }, leaking }: { nested: NestedDraft; leaking: Leaking },
): Promise<boolean> {
  const key = JSON.stringify([found.source, found.name ?? draft.name, name]);
  if (leaking.seen.has(key)) return false;
  leaking.seen.add(key);
  const variable = draft.vars.find((each) => each.variable.name === name)?.variable;
  // One of the words that the molecule itself names is no agent's.
  if (!variable || variable.enum) return false;
  const typeCheck = createTypeCheck(draft);
  const taint = taintOf(draft, { typeCheck, vars: new Set([name]) });
  if (draft.steps.some((owner) => reachesShell(owner, { taint, typeCheck }))) return true;
  // What its own agents wrote is found where it is checked by itself.
  const own = taintOf(draft, { typeCheck });
  for (const owner of draft.steps) {
    const { action } = owner.step;
    const known = taintedValues(owner, own);
    const given = taintedValues(owner, taint).filter((each) => !known.includes(each));
    if (action.kind !== "molecule" || given.length === 0) continue;
    const nested = await leaking.read(action.molecule, { from: owner.nested!.file.label ?? found.source });
    if (!nested) continue;
    for (const { name } of given) if (await isLeaked(name, { nested, leaking })) return true;
  }
  return false;
}

function reachesShell(
  owner: DraftStep,
  { taint, typeCheck }: { taint: Taint; typeCheck: TypeCheck },
): boolean {
  return owner.uses.some(({ use, template }) => {
    if (use !== "shell" || !template) return false;
    const insertions = templateParts(template.text).flatMap((part) => "text" in part ? [] : [part.source]);
    return insertions.some((source, index) => {
      const expression = compiledIfSound(typeCheck.compile, insertedSource(source));
      return expression?.reads.some((read) =>
        shellProblem(read, { template, index, owner, compiled: expression, taint, typeCheck }) !== undefined
      );
    });
  });
}
