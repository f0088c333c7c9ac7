import { readAspects } from "./formula_aspects.ts";
import { type Composed, readCompose } from "./formula_compose.ts";
import { readConvoy } from "./formula_convoy.ts";
import { addComment, type Importing, type ImportRemark, readFormula, type Table } from "./formula.ts";
import type { FormulaPlace } from "./formula_origins.ts";
import { overlaid, parentsOf, skippedSteps, type Whole } from "./formula_parents.ts";
import { readSteps } from "./formula_steps.ts";
import { convertName, otherName } from "./formula_ids.ts";
import { variableName } from "./formula_text.ts";
import { addReads, declare, fixValues, readVars, type VarMap } from "./formula_vars.ts";
import { createStepIds, type StepIds } from "./step_ids.ts";
import { defined, neededBy, noSteps, type StepMap, type StepsOf } from "./step_map.ts";
import { writeMolecule } from "../write_molecule.ts";

/** What came of a formula. */
export interface Imported {
  /** Name of the molecule. */
  name: string;
  /** Its text; empty where something was refused. */
  yaml: string;
  /** Other molecules that it is made of, or runs, each with the name of its formula. */
  parts: readonly FormulaPart[];
  /** What it comes to with what it extends; undefined when one of these is not there. */
  whole: Whole | undefined;
  notes: readonly ImportRemark[];
  refusals: readonly ImportRemark[];
  /** Where the formula has what stands at a place of the text. */
  placeOf(place: { line: number; column: number }): FormulaPlace;
}

/** Another molecule that one is made of, or runs. */
export interface FormulaPart {
  name: string;
  /** What it is called in the formula. */
  formula: string;
}

/** How a formula is imported. */
export interface ImportOptions {
  /** The text of another formula by its name; undefined where it is not there. */
  find(name: string): string | undefined;
  /** Values for the ranges of loops. */
  values?: Readonly<Record<string, string>>;
  /** Gets the names of the values that a range has read, also in what is extended. */
  used?: Set<string>;
  /** What the molecule is called, where that is not the name of the formula. */
  name?: string;
  /** Formulas that led to this one. */
  way?: readonly string[];
}

const KINDS = ["workflow", "expansion", "aspect", "convoy"] as const;
/** What the keys of a formula become, and where the comments of others are kept. */
const TOP_KEYS = {
  formula: ["molecule"],
  type: ["version"],
  inputs: ["vars"],
  compose: ["include", "steps"],
  pointcuts: ["aspects"],
  advice: ["aspects"],
  ...Object.fromEntries(
    ["template", "legs", "prompts", "output", "phase", "pour", "squash", "agent", "review_only"]
      .map((key) => [key, ["steps", "aspects"]]),
  ),
};
const NO_PLACE = "how a molecule is kept is said when it is poured or run";

/** Translates a formula. @throws {FormulaSyntaxError} when it, or one that it extends, is no TOML. */
export function importFormula(text: string, options: ImportOptions): Imported {
  const { top, importing } = readFormula(text);
  const molecule: Record<string, unknown> = {};
  const written = top.text("formula");
  if (!top.has("formula")) importing.refuse("", 'it has no name: formula = "…"');
  const name = options.name ?? convertName(written ?? "unnamed");
  if (written !== undefined && written !== name) importing.note("formula", `it is called "${name}" here`);
  const type = top.text("type") ?? "workflow";
  if (!(KINDS as readonly string[]).includes(type)) {
    importing.refuse("type", `there is no formula of type "${type}"; known are ${KINDS.join(", ")}`);
  }
  molecule.molecule = name;
  Object.assign(molecule, defined({ version: top.number("version") ?? 1 }));
  const description = top.text("description")?.trim();
  if (description) molecule.description = description;
  const whole = readKind(top, {
    type,
    name,
    options: { ...options, way: [...options.way ?? [], name] },
    molecule,
  });
  for (const used of importing.fixed.keys()) options.used?.add(used);
  top.became(molecule, TOP_KEYS);
  const { comments: above, notes, refusals, origins } = importing;
  const yaml = refusals.length > 0 ? "" : writeMolecule(molecule, origins.comments(molecule, { above }));
  // What it is made of stands before what it runs.
  const made = [molecule.extends, molecule.include].flat() as (string | undefined)[];
  const names = new Set([...made, ...importing.others.keys()].filter((each) => each !== undefined));
  const parts = [...names].map((each) => ({ name: each, formula: importing.others.get(each)! }));
  return {
    ...{ name, yaml, parts, whole, notes: sorted(notes), refusals: sorted(refusals) },
    placeOf: (place) => origins.placeOf(yaml, { ...place, molecule }),
  };
}

function sorted(remarks: readonly ImportRemark[]): ImportRemark[] {
  return [...remarks].sort((one, other) => one.line - other.line);
}

interface Kind {
  type: string;
  name: string;
  options: ImportOptions;
  molecule: Record<string, unknown>;
}

/** Fills the molecule in; says what it comes to with what it extends, unless one of these is not there. */
function readKind(top: Table, { type, options, molecule }: Kind): Whole | undefined {
  const { importing } = top;
  const parents = top.texts("extends");
  const [base, ...more] = parents.map((parent) => otherName(parent, importing));
  const inherited = parentsOf(parents, { way: options.way ?? [], importOne: importerOf(options) });
  const ids = idsBeside(inherited);
  const { steps, vars, lacking } = readBody(top, { type, options, ids, inherited });
  const composed: Composed = { steps, ids, inherited, parents };
  const aspects = readCompose(top.table("compose"), composed);
  const woven = readAspects(top);
  if (inherited) {
    steps.push(...skippedSteps(inherited, steps));
    refuseUnknownNeeds(steps, { inherited, importing });
    addReads(vars, { importing, inherited: inherited.lacking });
  }
  fixValues(vars, importing);
  for (const table of ["vars", "inputs"]) {
    const keys = Object.fromEntries([...importing.declared].map((name) => [name, [variableName(name)]]));
    importing.origins.add(table, { made: vars, keys });
  }
  const include = [...more, ...aspects];
  Object.assign(molecule, {
    ...(base === undefined ? {} : { extends: base }),
    ...(include.length > 0 ? { include } : {}),
    ...(Object.keys(vars).length > 0 ? { vars } : {}),
    ...(steps.length > 0 ? { steps } : {}),
    ...(woven.length > 0 ? { aspects: woven } : {}),
  });
  leaveOut(top, { type, above: (steps[0] ?? woven[0] ?? molecule) as object, composed });
  top.done();
  return inherited && overlaid(inherited, {
    steps: new Map(steps.map((step) => [step.id, step])),
    made: ids.made,
    declared: importing.declared,
    lacking: new Map([...lacking].map((name) => [name, vars[name]])),
  });
}

function idsBeside(inherited: Whole | undefined): StepIds {
  const made = inherited?.made ?? new Map();
  const ids = createStepIds({ inherited: made });
  ids.expect([...inherited?.steps.keys() ?? []].filter((id) => !made.has(id)));
  return ids;
}

/** The steps and variables; which of these must be given depends on what the steps read. */
function readBody(
  top: Table,
  { type, options, ids, inherited }: {
    type: string;
    options: ImportOptions;
    ids: StepIds;
    inherited: Whole | undefined;
  },
): StepsOf & { vars: VarMap; lacking: ReadonlySet<string> } {
  const { importing } = top;
  const tables = [top.table("vars"), top.table("inputs")];
  for (const table of tables) declare(table);
  for (const name of inherited?.declared ?? []) importing.declared.add(name);
  if (!inherited) importing.isDeclared = () => true;
  const isPlain = type !== "convoy" && type !== "expansion";
  importing.keepsUnknown = isPlain && inherited !== undefined && importing.declared.size > 0;
  const readAll = (demands: boolean) => {
    const [own, inputs] = tables.map((table) => readVars(table, { demands }));
    return {
      vars: { ...own!.vars, ...inputs!.vars },
      lacking: new Set([...own!.lacking, ...inputs!.lacking]),
      unless: [...own!.unless, ...inputs!.unless],
    };
  };
  if (type === "convoy") {
    const { vars, lacking, unless } = readAll(false);
    return { ...noSteps(), steps: readConvoy(top, { vars, unless, ids }), vars, lacking };
  }
  const target: VarMap = {};
  if (type === "expansion") addTarget(target, importing);
  const all = plainSteps(top, { type, options, ids });
  const { vars, lacking, unless } = readAll(type !== "expansion");
  for (const { path } of unless) importing.refuse(path, "only a formula of type convoy has it");
  return { ...all, vars: { ...vars, ...target }, lacking };
}

function importerOf({ name: _, find, ...others }: ImportOptions) {
  return (formula: string, way: readonly string[]) => {
    const text = find(formula);
    return text === undefined ? undefined : importFormula(text, { ...others, find, way }).whole;
  };
}

function leaveOut(
  top: Table,
  { type, above, composed }: { type: string; above: object; composed: object },
): void {
  const { importing } = top;
  addComment(importing, above, importing.comments.get(composed) ?? []);
  top.leaveOut(["phase", "pour"], { why: NO_PLACE, above });
  top.leaveOut(["squash"], {
    why: "a finished one is squashed when that is asked for: bd mol squash",
    above,
  });
  if (type !== "convoy") {
    top.leaveOut(["agent", "review_only"], { why: "who works it is said when it is slung", above });
    top.refuseAll(
      ["legs", "synthesis", "prompts", "output", "presets"],
      "only a formula of type convoy has it",
    );
  }
  if (type !== "expansion") top.refuseAll(["template"], "only a formula of type expansion has it");
  if (type === "expansion" || type === "convoy") {
    top.refuseAll(["steps"], `a formula of type ${type} has none`);
  }
  top.refuseAll(
    ["step-overrides"],
    "an overlay changes another formula; say it in a molecule that extends that one",
  );
}

/** What an expansion is told about the step whose place it takes. */
function addTarget(vars: VarMap, { declared }: Importing): void {
  for (const name of ["target", "target_title", "target_description"]) declared.add(name);
  vars.target = { description: "The step that it takes the place of", required: true };
  vars.target_title = "";
  vars.target_description = "";
}

function plainSteps(
  top: Table,
  { type, options, ids }: { type: string; options: ImportOptions; ids: StepIds },
): StepsOf {
  const { importing } = top;
  const values = options.values ?? {};
  const isExpansion = type === "expansion";
  const single = (word: string): string | undefined => {
    if (!isExpansion) return undefined;
    if (word === "target") return "{{ target }}";
    if (word === "target.title" || word === "target.description") return `{{ ${word.replace(".", "_")} }}`;
    return importing.declared.has(word) ? `{{ ${word.replaceAll("-", "_")} }}` : undefined;
  };
  if (!isExpansion) return readSteps(top.tables("steps"), { values, ids });
  const strip = /^\{target\}[.\-_]?/;
  const tables = top.tables("template");
  if (tables.length === 0) importing.refuse("", "an expansion has no template");
  return readSteps(tables, { values, ids, words: { single }, strip });
}

function refuseUnknownNeeds(
  steps: readonly StepMap[],
  { inherited, importing }: { inherited: Whole; importing: Importing },
): void {
  const ids = new Set([...steps.map(({ id }) => id), ...inherited.steps.keys()]);
  for (const step of steps) {
    for (const need of neededBy(step)) {
      if (ids.has(need)) continue;
      importing.refuse(
        importing.origins.pathOf(step, "needs"),
        `step "${step.id}" needs "${need}", and there is none`,
      );
    }
  }
}
