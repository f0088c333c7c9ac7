import { closestWord } from "../../lib/closest_word.ts";
import type { ConvoyPath, ConvoyProblem, ConvoyRead, ConvoyRule, FoundProblem } from "./convoy_problem.ts";
import type { LooseBead, LooseConvoy, LooseNames } from "./loose_convoy.ts";

/** What there is around a file, as far as that is known. */
export interface KnownNames {
  rigs: readonly string[];
  /** The members of the crew, as `crew/ann`. */
  crew: readonly string[];
  /** Whether work can be slung there, to a rig or elsewhere. */
  isTarget(name: string): boolean;
  agents: readonly string[];
  molecules: readonly string[];
  /** Why a bead cannot be worked by a molecule that exists, with these values of its variables. */
  moleculeProblems(name: string, vars: Readonly<Record<string, string>>): Promise<readonly MoleculeProblem[]>;
  /** Whether there is such a bead. */
  hasBead(id: string): boolean;
  /** Why nobody can be told at an address; undefined when somebody can. */
  addressProblem(address: string): string | undefined;
}

/** Why a bead cannot be worked by a molecule. */
export interface MoleculeProblem {
  message: string;
  /** The variable that it is about; absent when it is the molecule itself. */
  variable?: string;
}

/** Names in a file that stand for nothing, or for what is of no use there. */
export async function unknownNames(
  { loose, problemAt }: Pick<ConvoyRead, "loose" | "problemAt">,
  known: KnownNames,
): Promise<ConvoyProblem[]> {
  if (!loose) return [];
  const own = new Set(loose.beads.flatMap(({ id }) => id ?? []));
  const found: FoundProblem[] = [
    ...namesIn(loose, { known, path: [] }),
    ...addressesIn(loose, known),
    ...loose.beads.flatMap((bead, at) => [
      ...namesIn(bead, { known, path: ["beads", at] }),
      ...beadsIn(bead, { known, own, at }),
    ]),
    ...await moleculesIn(loose, known),
  ];
  return found.map(problemAt);
}

function namesIn(
  { rig, agent, molecule }: LooseNames,
  { known, path }: { known: KnownNames; path: ConvoyPath },
): FoundProblem[] {
  const { rigs, crew, agents, molecules, isTarget } = known;
  const found: FoundProblem[] = [];
  const report = (
    key: string,
    options: { name: string; what: string; among: readonly string[]; rule: ConvoyRule },
  ) => {
    const { name, what, among, rule } = options;
    found.push({
      path: [...path, key],
      rule,
      message: `there is no ${what} "${name}"${suggested(name, among)}`,
    });
  };
  if (rig !== undefined && !isTarget(rig)) {
    const kind = rig.startsWith("crew/") ? { what: "crew", among: crew } : { what: "rig", among: rigs };
    report("rig", { name: rig, ...kind, rule: "unknown-rig" });
  }
  if (agent !== undefined && !agents.includes(agent)) {
    report("agent", { name: agent, what: "agent", among: agents, rule: "unknown-agent" });
  }
  if (molecule !== undefined && !molecules.includes(molecule)) {
    report("molecule", { name: molecule, what: "molecule", among: molecules, rule: "unknown-molecule" });
  }
  return found;
}

function addressesIn({ owner, watchers }: LooseConvoy, { addressProblem }: KnownNames): FoundProblem[] {
  const all: [ConvoyPath, string | undefined][] = [
    [["owner"], owner],
    ...watchers.map((each, at): [ConvoyPath, string | undefined] => [["watchers", at], each]),
  ];
  return all.flatMap(([path, address]) => {
    const message = address === undefined ? undefined : addressProblem(address);
    return message === undefined ? [] : [{ path, rule: "address" as const, message }];
  });
}

function beadsIn(
  { id, hasTitle, deps }: LooseBead,
  { known, own, at }: { known: KnownNames; own: ReadonlySet<string>; at: number },
): FoundProblem[] {
  const found: FoundProblem[] = [];
  if (id !== undefined && !hasTitle && !known.hasBead(id)) {
    found.push({
      path: ["beads", at],
      rule: "unknown-bead",
      message: `"${id}" does not exist, and has no title to be made with`,
    });
  }
  for (const [number, dep] of deps.entries()) {
    if (dep === undefined || own.has(dep) || known.hasBead(dep)) continue;
    const message = `deps: there is no bead "${dep}"${suggested(dep, [...own])}`;
    found.push({ path: ["beads", at, "deps", number], rule: "unknown-bead", message });
  }
  return found;
}

/** Molecules that no bead can be worked by, and values that they do not take or lack, each once. */
async function moleculesIn(file: LooseConvoy, known: KnownNames): Promise<FoundProblem[]> {
  const heirs = file.beads.filter(({ molecule }) => molecule === undefined);
  const found = new Map<string, FoundProblem>();
  const check = async (names: LooseNames, own: ConvoyPath) => {
    const isHeir = names.molecule === undefined;
    const molecule = names.molecule ?? file.molecule;
    if (molecule === undefined || !known.molecules.includes(molecule)) return;
    const vars = isHeir ? { ...file.vars, ...names.vars } : names.vars;
    for (const { message, variable } of await known.moleculeProblems(molecule, vars)) {
      const path = placeOf(variable, { names, file, heirs, own });
      const problem: FoundProblem = { path, rule: variable === undefined ? "molecule" : "variable", message };
      found.set(JSON.stringify(problem), problem);
    }
  };
  // What stands at the top is looked at even where nobody takes it from there.
  if (heirs.length === 0) await check(file, []);
  for (const [at, bead] of file.beads.entries()) await check(bead, ["beads", at]);
  return [...found.values()];
}

/** Where a molecule, the value of its variable, or the lack of one stands. */
function placeOf(
  variable: string | undefined,
  { names, file, heirs, own }: {
    names: LooseNames;
    file: LooseConvoy;
    heirs: readonly LooseNames[];
    own: ConvoyPath;
  },
): ConvoyPath {
  const has = ({ vars }: LooseNames) => variable !== undefined && Object.hasOwn(vars, variable);
  const isHeir = names.molecule === undefined;
  if (has(names)) return [...own, "vars", variable!];
  if (isHeir && has(file)) return ["vars", variable!];
  if (!isHeir) return [...own, "molecule"];
  // Where others of them have a value of their own, it is this bead that lacks one.
  return variable !== undefined && heirs.some(has) ? own : ["molecule"];
}

function suggested(name: string, among: readonly string[]): string {
  const close = closestWord(name, among);
  if (close !== undefined) return `; did you mean "${close}"?`;
  return among.length === 0 || among.length > 20 ? "" : `; known are ${among.join(", ")}`;
}
