import { closestWord } from "../../lib/closest_word.ts";
import { ringOf, stepGraph } from "../../molecules/step_graph.ts";
import type { ConvoyFile, ConvoyFileBead } from "./convoy_schema.ts";
import type { ConvoyProblem, ConvoyRead, ConvoyRule, FoundProblem } from "./convoy_problem.ts";

/** What the types alone cannot say: no id twice, no bead that waits for itself; also where types are wrong elsewhere. */
export function brokenRules(plain: unknown): FoundProblem[] {
  const beads = looseBeads(plain);
  const seen = new Set<string>();
  const found: FoundProblem[] = [];
  for (const [at, { id, deps }] of beads.entries()) {
    if (id === undefined) continue;
    const path = ["beads", at];
    if (seen.has(id)) found.push({ path, rule: "duplicate-id", message: `"${id}" stands here twice` });
    seen.add(id);
    const self = deps.indexOf(id);
    if (self >= 0) {
      found.push({
        path: [...path, "deps", self],
        rule: "cycle",
        message: `"${id}" cannot depend on itself`,
      });
    }
  }
  return found.length > 0 ? found : ringAmong(beads);
}

interface LooseBead {
  id?: string;
  deps: readonly unknown[];
}

function looseBeads(plain: unknown): LooseBead[] {
  const beads = (plain as { beads?: unknown } | null)?.beads;
  if (!Array.isArray(beads)) return [];
  return beads.map((bead): LooseBead => {
    if (typeof bead === "string") return { id: bead, deps: [] };
    const { id, deps } = (bead ?? {}) as { id?: unknown; deps?: unknown };
    return { ...(typeof id === "string" ? { id } : {}), deps: Array.isArray(deps) ? deps : [] };
  });
}

function ringAmong(beads: readonly LooseBead[]): FoundProblem[] {
  const graph = stepGraph(beads.map(({ id = "", deps }) => ({
    id,
    needs: { mode: "all", of: deps.filter((dep): dep is string => typeof dep === "string") },
  })));
  const ring = ringOf(graph);
  const [first, second] = ring;
  if (first === undefined || second === undefined) return [];
  const way = ring.map((position) => beads[position]!.id).join(" → ");
  const at = beads[first]!.deps.indexOf(beads[second]!.id);
  return [{
    path: ["beads", first, "deps", at],
    rule: "cycle",
    message: `these wait for each other: ${way}`,
  }];
}

/** What there is around a file, as far as that is known. */
export interface KnownNames {
  rigs: readonly string[];
  /** The members of the crew, as `crew/ann`. */
  crew: readonly string[];
  /** Whether work can be slung there, to a rig or elsewhere. */
  isTarget(name: string): boolean;
  agents: readonly string[];
  molecules: readonly string[];
  /** Whether there is such a bead. */
  hasBead(id: string): boolean;
  /** Why nobody can be told at an address; undefined when somebody can. */
  addressProblem(address: string): string | undefined;
}

/** Names in a file that stand for nothing. */
export function unknownNames(read: ConvoyRead & { file: ConvoyFile }, known: KnownNames): ConvoyProblem[] {
  const { file } = read;
  const own = new Set(file.beads.map(({ id }) => id));
  const found: FoundProblem[] = [
    ...namesIn(file, { known, path: [] }),
    ...addressesIn(file, known),
    ...file.beads.flatMap((bead, at) => [
      ...namesIn(bead, { known, path: ["beads", at] }),
      ...beadsIn(bead, { known, own, at }),
    ]),
  ];
  return found.map(read.problemAt);
}

function namesIn(
  { rig, agent, molecule }: Pick<ConvoyFileBead, "rig" | "agent" | "molecule">,
  { known, path }: { known: KnownNames; path: FoundProblem["path"] },
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

function addressesIn({ owner, watchers = [] }: ConvoyFile, { addressProblem }: KnownNames): FoundProblem[] {
  const all: [FoundProblem["path"], string][] = [
    ...(owner === undefined ? [] : [[["owner"], owner] as [FoundProblem["path"], string]]),
    ...watchers.map((each, at): [FoundProblem["path"], string] => [["watchers", at], each]),
  ];
  return all.flatMap(([path, address]) => {
    const message = addressProblem(address);
    return message === undefined ? [] : [{ path, rule: "address" as const, message }];
  });
}

function beadsIn(
  { id, title, deps = [] }: ConvoyFileBead,
  { known, own, at }: { known: KnownNames; own: ReadonlySet<string>; at: number },
): FoundProblem[] {
  const found: FoundProblem[] = [];
  if (title === undefined && !known.hasBead(id)) {
    found.push({
      path: ["beads", at],
      rule: "unknown-bead",
      message: `"${id}" does not exist, and has no title to be made with`,
    });
  }
  for (const [number, dep] of deps.entries()) {
    if (own.has(dep) || known.hasBead(dep)) continue;
    const message = `deps: there is no bead "${dep}"${suggested(dep, [...own])}`;
    found.push({ path: ["beads", at, "deps", number], rule: "unknown-bead", message });
  }
  return found;
}

function suggested(name: string, among: readonly string[]): string {
  const close = closestWord(name, among);
  if (close !== undefined) return `; did you mean "${close}"?`;
  return among.length === 0 || among.length > 20 ? "" : `; known are ${among.join(", ")}`;
}
