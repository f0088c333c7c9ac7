import { sha256 } from "../../ledger/hash.ts";
import { present } from "../../lib/present.ts";
import type { Definition, StepDefinition } from "../definition.ts";
import { sourceLabel } from "../source_label.ts";
import { ROOTS } from "../expressions/compile.ts";
import { valueAt } from "../source/node.ts";
import { readSource } from "../source/read_source.ts";
import { composed, type MoleculeShelf, type MoleculeText } from "./compose.ts";
import type { Draft, StepList } from "./draft.ts";
import { createReport, type Problem, type Report, sortProblems, TooManyProblems } from "./problem.ts";
import { readDraft } from "./read_draft.ts";
import { checkItems } from "./rules/checklist_items.ts";
import { checkExpressions, type ReadNames } from "./rules/expressions.ts";
import { checkNested, createNestedChecking } from "./rules/nested.ts";
import { withNested } from "./rules/nested_reading.ts";
import { reportsOf } from "./rules/step_reports.ts";
import { createTypeCheck } from "./rules/types.ts";
import { checkIds, checkNeeds, checkReach } from "./rules/order.ts";

/** What came of reading a molecule: what it means, unless there are errors, and all that is wrong with it. */
export interface ReadMolecule {
  definition?: Definition;
  /** In the order of the file. */
  problems: readonly Problem[];
}

/** Reads a molecule with all it is composed of, and checks every rule in one pass. Never throws for what a text says. */
export async function readDefinition(molecule: MoleculeText, shelf: MoleculeShelf): Promise<ReadMolecule> {
  const report = createReport(sourceLabel(molecule));
  try {
    return await readReported(molecule, { shelf, report });
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
    return { problems: sortProblems(report.problems, sourceLabel(molecule)) };
  }
}

async function readReported(
  molecule: MoleculeText,
  { shelf, report }: { shelf: MoleculeShelf; report: Report },
): Promise<ReadMolecule> {
  const { text, source, name } = molecule;
  const label = sourceLabel(molecule);
  const own = readDraft({ source: await readSource(text), report }, present({ name }));
  if (!own) return { problems: sortProblems(report.problems, label) };
  const texts = [text];
  const checking = createNestedChecking(shelf, checkOwn);
  const whole = await composed(own, { shelf, report, texts, from: source });
  const draft = await withNested(whole, { reading: checking.reading, from: source });
  const read = checkOwn(draft, report);
  await checkNested(draft, { from: source, report, checking });
  const problems = sortProblems(report.problems, label);
  if (problems.some(({ severity }) => severity === "error")) return { problems };
  return { definition: complete(draft, { source, texts, read }), problems };
}

/** What is wrong with a molecule by itself, nested ones left aside; what its expressions read. */
function checkOwn(draft: Draft, report: Report): ReadNames {
  const isPart = draft.aspects.length > 0;
  const written = valueAt(draft.file.source.top, "steps");
  // What is no list, or has an element that is no step, is reported already.
  const isOdd = written !== undefined && (written.kind !== "list" || written.items.length > 0);
  if (!isPart && !isOdd && draft.steps.every(({ list }) => list !== "steps") && draft.ids.size === 0) {
    report.error(draft.place, { rule: "missing-key", message: "steps: expected at least one step" });
  }
  const reports = reportsOf(report);
  checkIds(draft, reports);
  checkNeeds(draft, reports);
  const typeCheck = createTypeCheck(draft);
  checkReach(draft, { reports, compile: typeCheck.compile });
  const read = checkExpressions(draft, { report, reports, typeCheck });
  checkUnused(draft, { vars: read.vars, report });
  // What is wrong may be the key that is missed.
  if (report.problems.every(({ severity }) => severity !== "error")) checkItems(draft, reports);
  return read;
}

function isReadable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !(ROOTS as readonly string[]).includes(name);
}

function checkUnused(draft: Draft, { vars, report }: { vars: ReadonlySet<string>; report: Report }): void {
  for (const { variable: { name }, place, own } of draft.vars) {
    // One that nothing can read is reported as that.
    if (!own || vars.has(name) || !isReadable(name)) continue;
    report.warning(place, { rule: "unused-variable", message: `nothing reads the variable "${name}"` });
  }
}

function complete(
  draft: Draft,
  { source, texts, read }: {
    source: string;
    texts: readonly string[];
    read: ReadNames;
  },
): Definition {
  const of = (list: StepList): StepDefinition[] =>
    draft.steps.filter((each) => each.list === list).map(({ step }) => step);
  return {
    name: draft.name,
    version: draft.version,
    ...present({ description: draft.description }),
    hash: sha256(texts.length === 1 ? texts[0]! : JSON.stringify(texts)),
    source,
    vars: draft.vars.map(({ variable }) => variable),
    steps: of("steps"),
    onFailure: of("onFailure"),
    finally: of("finally"),
    outputs: draft.outputs,
    ...draft.limits,
    ...present({ readsBead: read.bead }),
    environment: [...read.environment].sort(),
  };
}
