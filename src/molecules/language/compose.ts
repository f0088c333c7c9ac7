import { basename, dirname, isAbsolute, join } from "node:path";
import { CommandError } from "../../lib/errors.ts";
import { sourceLabel } from "../source_label.ts";
import { readSource } from "../source/read_source.ts";
import type { Draft, DraftStep, DraftVariable, Reference } from "./draft.ts";
import type { Report } from "./problem.ts";
import { suggestion, TooManyProblems } from "./problem.ts";
import { plainHint } from "./plain_braces.ts";
import { readDraft } from "./read_draft.ts";
import { mergedDefaults, withDefaults } from "./defaults.ts";
import { weave } from "./weave.ts";

/** A molecule's text, and where it is from. */
export interface MoleculeText {
  text: string;
  /** Path of its file, or `built-in`. */
  source: string;
  /** What it must be called. */
  name?: string;
}

/** Where molecules find others that they name. */
export interface MoleculeShelf {
  /** The molecule of a name. */
  named(name: string): MoleculeText | undefined;
  /** The molecule in a file. */
  file(path: string): MoleculeText | undefined;
  /** The names there are. */
  names(): readonly string[];
  /** What is to be done about a file that would hold the molecule of a name if it were called otherwise. */
  misnamed?(name: string): string | undefined;
}

/** What composing goes by. */
export interface Composing {
  shelf: MoleculeShelf;
  report: Report;
  /** Texts that were taken in, in this order. */
  texts: string[];
}

/** Where each part takes in several others there are soon very many. */
const MOST_PARTS = 100;

/** The molecule that a reference means: a path beside the file it stands in, or a name. */
export function referred(
  shelf: MoleculeShelf,
  options: { name: string; from: string },
): MoleculeText | undefined {
  try {
    return found(shelf, options);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

function found(
  shelf: MoleculeShelf,
  { name, from }: { name: string; from: string },
): MoleculeText | undefined {
  if (!isFile(name)) return shelf.named(name);
  return shelf.file(isAbsolute(name) ? name : join(dirname(from), name));
}

/** Whether a reference means a path, not a name. */
function isFile(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

/** Why a reference means no molecule. */
export function whyMissing(shelf: MoleculeShelf, options: { name: string; from: string }): string {
  const { name, from } = options;
  const braces = plainHint(name);
  if (braces !== undefined) return `there is no molecule "${name}"${braces}`;
  try {
    found(shelf, options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return `molecule "${name}" cannot be read: ${error.message.replace(/^Cannot [a-z ]+ ".*?": /, "")}`;
  }
  if (isFile(name)) return `there is no file "${name}"`;
  const misnamed = shelf.misnamed?.(name);
  if (misnamed !== undefined) return `there is no molecule "${name}"; ${misnamed}`;
  // The one that asks cannot mean itself.
  const own = basename(from.replace(/^built-in /, ""), ".yaml");
  return `there is no molecule "${name}"${suggestion(name, shelf.names().filter((each) => each !== own))}`;
}

/** The draft together with what it extends and includes, and its aspects woven in. */
export async function composed(draft: Draft, options: Composing & { from: string }): Promise<Draft> {
  const { from, ...composing } = options;
  return weave(withDefaults(await withParts(draft, { ...composing, way: [from] })), composing.report);
}

async function withParts(draft: Draft, composing: Composing & { way: readonly string[] }): Promise<Draft> {
  let whole = draft;
  for (const reference of [...draft.include].reverse()) {
    const part = await readPart(reference, composing);
    if (part) whole = included(whole, withDefaults(part));
  }
  const base = draft.extends && await readPart(draft.extends, composing);
  return base ? extended(whole, base) : whole;
}

async function readPart(
  reference: Reference,
  composing: Composing & { way: readonly string[] },
): Promise<Draft | undefined> {
  const { shelf, report, way, texts } = composing;
  const { name, place } = reference;
  const part = referred(shelf, { name, from: way.at(-1)! });
  if (!part) {
    const message = whyMissing(shelf, { name, from: way.at(-1)! });
    report.error(place, { rule: "unknown-molecule", message });
    return undefined;
  }
  const label = sourceLabel({ source: part.source, name });
  if (way.includes(label)) {
    report.error(place, { rule: "recursion", message: `"${name}" is taken in by itself` });
    return undefined;
  }
  if (texts.length >= MOST_PARTS) {
    report.error(place, { rule: "size", message: `more than ${MOST_PARTS} other molecules are taken in` });
    throw new TooManyProblems();
  }
  texts.push(part.text);
  const draft = readDraft({ source: await readSource(part.text), report, label }, {});
  return draft && await withParts(draft, { ...composing, way: [...way, label] });
}

/** Its steps first, with its own defaults, then those of the part that it is included in. */
function included(whole: Draft, part: Draft): Draft {
  return {
    ...whole,
    vars: mergedVars(part.vars, whole.vars),
    steps: [...part.steps, ...whole.steps],
    ids: new Set([...whole.ids, ...part.ids]),
    aspects: [...part.aspects, ...whole.aspects],
    secrets: [...new Set([...part.secrets, ...whole.secrets])],
    uses: [...whole.uses, ...part.uses],
  };
}

/** All of the base, except where the molecule has its own. */
function extended(own: Draft, base: Draft): Draft {
  const outputs = new Map([...base.outputs, ...own.outputs].map((output) => [output.name, output]));
  return {
    ...base,
    ...own,
    vars: mergedVars(base.vars, own.vars),
    steps: mergedSteps(base.steps, own.steps),
    ids: new Set([...own.ids, ...base.ids]),
    aspects: [...base.aspects, ...own.aspects],
    outputs: [...outputs.values()],
    secrets: [...new Set([...base.secrets, ...own.secrets])],
    defaults: mergedDefaults(base.defaults, own.defaults),
    uses: [...base.uses, ...own.uses],
    limits: { ...base.limits, ...own.limits },
  };
}

function mergedVars(first: readonly DraftVariable[], last: readonly DraftVariable[]): DraftVariable[] {
  return [...new Map([...first, ...last].map((each) => [each.variable.name, each])).values()];
}

/** A step of the same id takes the place of the one in the base, whole, its `on_failure` too; others come behind. */
function mergedSteps(base: readonly DraftStep[], own: readonly DraftStep[]): DraftStep[] {
  const byId = new Map(own.map((each) => [each.step.id, each]));
  const known = new Set(base.map((each) => each.step.id));
  return [
    ...base.flatMap((each) => {
      const other = byId.get(each.step.id);
      if (other) return [other];
      return each.handles !== undefined && byId.has(each.handles) ? [] : [each];
    }),
    ...own.filter((each) => !known.has(each.step.id)),
  ];
}
