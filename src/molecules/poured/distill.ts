import { childrenOf, dependenciesOf } from "../../beads/dependencies.ts";
import type { Bead, BeadKey, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { formatDuration } from "../../lib/duration.ts";
import { originOf } from "../checklist.ts";
import { writeMolecule } from "../write_molecule.ts";
import { createFill } from "./distill_text.ts";
import { isPart, leftOutOf } from "./left_out.ts";

/** What was made of beads. */
export interface Distilled {
  name: string;
  yaml: string;
  steps: number;
  variables: readonly string[];
  /** What a molecule cannot say of these beads. */
  notes: readonly string[];
}

/** The name of a molecule: as it was given, or made from a title. @throws {CommandError} `bad_name`. */
export function nameFrom(text: string, isGiven: boolean): string {
  const name = isGiven ? text : slugOf(text);
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return name;
  throw new CommandError("usage", `Cannot call a molecule "${text}": it must be a name of a-z, 0-9 and -`, {
    code: "bad_name",
    hints: [`bd mol distill BEAD ${slugOf(text)}`],
  });
}

interface Part {
  bead: Bead;
  id: string;
  /** The parts right below it. */
  children: readonly Part[];
  /** The parts that it is below, the nearest first. */
  above: readonly Part[];
}

/**
 * Makes a molecule of a bead and all below it: a step each, and needs where they depend on each other.
 *
 * A value in `vars` becomes `{{ NAME }}` wherever it stands, the bead's own id `{{ bead.id }}`. @throws {CommandError} `no_children`, or `value_not_found`.
 */
export function distill(
  view: View,
  options: { bead: Bead; name: string; vars: Readonly<Record<string, string>> },
): Distilled {
  const { bead, name, vars } = options;
  const parts = partsBelow(view, bead.key);
  if (parts.length === 0) {
    throw new CommandError("refused", `Cannot distill "${bead.id}": nothing is below it`, {
      code: "no_children",
      hints: [`bd create "TITLE" --parent ${bead.id}`],
    });
  }
  const text = createFill({ vars, id: bead.id });
  const partOf = new Map(parts.map((part) => [part.bead.key, part]));
  const notes = leftOutOf(view, { root: bead, parts: parts.map(({ bead }) => bead) });
  const steps = parts.map((part) => stepOf(view, { part, partOf, fill: text.fill }));
  const description = bead.description?.trim();
  const variables = Object.fromEntries(Object.keys(vars).map((each) => [each, { required: true }]));
  const molecule = {
    molecule: name,
    version: 1,
    description: description ? `${bead.title}\n\n${description}` : bead.title,
    ...(Object.keys(vars).length > 0 ? { vars: variables } : {}),
    steps,
  };
  text.refuseUnused();
  const yaml = writeMolecule(molecule);
  return { name, yaml, steps: steps.length, variables: Object.keys(vars), notes };
}

/** The beads below one that are work or steps, each with an id that no other has. */
function partsBelow(view: View, key: BeadKey): Part[] {
  const taken = new Set<string>();
  const below = (key: BeadKey, above: readonly Part[]): { children: Part[]; all: Part[] } => {
    const children: Part[] = [];
    const all: Part[] = [];
    for (const bead of childrenOf(view, key).filter(isPart)) {
      const part: Part = {
        bead,
        id: freeId(originOf(bead)?.id ?? slugOf(bead.title), taken),
        children: [],
        above,
      };
      const inner = below(bead.key, [part, ...above]);
      part.children = inner.children;
      children.push(part);
      all.push(part, ...inner.all);
    }
    return { children, all };
  };
  return below(key, []).all;
}

function slugOf(title: string): string {
  const words = title.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, " ").trim().split(" ");
  let slug = "";
  for (const word of words) {
    if (slug !== "" && slug.length + word.length > 30) break;
    slug = slug === "" ? word : `${slug}-${word}`;
  }
  return /^[a-z]/.test(slug) ? slug.slice(0, 40) : `s-${slug || "step"}`;
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number++) id = `${wanted}-${number}`;
  taken.add(id);
  return id;
}

function stepOf(
  view: View,
  options: { part: Part; partOf: ReadonlyMap<BeadKey, Part>; fill: (text: string) => string },
): Record<string, unknown> {
  const { part: { bead, id }, fill } = options;
  const needs = needsOf(view, options);
  const description = [bead.description, bead.design].map((each) => each?.trim()).filter(Boolean).join(
    "\n\n",
  );
  return {
    id,
    title: fill(bead.title),
    ...(needs.length > 0 ? { needs } : {}),
    ...(description === ""
      ? {}
      : { description: `${fill(description)}${description.includes("\n") ? "\n" : ""}` }),
    ...(bead.acceptance_criteria ? { acceptance: fill(bead.acceptance_criteria.trim()) } : {}),
    ...commandOf(bead, fill),
  };
}

/**
 * What a part waits for: those right below it; without any, what it and those above it depend on.
 *
 * So nothing below a part begins before the part may.
 */
function needsOf(
  view: View,
  { part, partOf }: { part: Part; partOf: ReadonlyMap<BeadKey, Part> },
): string[] {
  if (part.children.length > 0) return part.children.map(({ id }) => id);
  const needed = (each: Part) =>
    dependenciesOf(view, { key: each.bead.key, type: "blocks" })
      .flatMap(({ bead }) => bead && partOf.get(bead.key) || []);
  const needs = new Set(needed(part));
  for (const above of part.above) {
    // What is below the same part waits for what that one needs already.
    if ([...needs].some((need) => need.above.includes(above))) continue;
    for (const need of needed(above)) needs.add(need);
  }
  return [...needs].map(({ id }) => id);
}

function commandOf(bead: Bead, fill: (text: string) => string): Record<string, unknown> {
  const run = originOf(bead)?.run;
  if (!run) return {};
  const { command, timeout, env = {} } = run;
  const texts = Object.entries(env).map(([name, text]) => [name, fill(text)]);
  return {
    run: fill(command),
    ...(timeout === undefined ? {} : { timeout: formatDuration(timeout) }),
    ...(texts.length > 0 ? { env: Object.fromEntries(texts) } : {}),
  };
}
