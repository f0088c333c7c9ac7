import { childrenOf, dependenciesOf } from "../../beads/dependencies.ts";
import type { Bead, BeadKey, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { originOf } from "../checklist.ts";
import { writeMolecule } from "../write_molecule.ts";

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
  children: readonly Bead[];
}

/**
 * Makes a molecule of a bead and all below it: a step each, and needs where they depend on each other.
 *
 * A value in `vars` becomes `{{ NAME }}` wherever it stands. @throws {CommandError} `no_children`, or `value_not_found`.
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
  const notes: string[] = [];
  const text = createFill(vars);
  const idOf = new Map(parts.map((part) => [part.bead.key, part.id]));
  const steps = parts.map((part) => stepOf(view, { part, idOf, text: text.fill, notes }));
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
  const yaml = writeMolecule(molecule, { comments: new Map(), header: [] });
  return { name, yaml, steps: steps.length, variables: Object.keys(vars), notes };
}

/** The beads below one that are work or steps, each with an id that no other has. */
function partsBelow(view: View, key: BeadKey): Part[] {
  const taken = new Set<string>();
  const below = (key: BeadKey): Part[] =>
    childrenOf(view, key).filter(({ metadata, issue_type: type }) =>
      metadata.digest === undefined && !["message", "convoy", "gate", "molecule", "event"].includes(type)
    ).flatMap((bead) => {
      const id = freeId(originOf(bead)?.id ?? slugOf(bead.title), taken);
      const inner = below(bead.key);
      return [{ bead, id, children: childrenOf(view, bead.key) }, ...inner];
    });
  return below(key);
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
  { part, idOf, text, notes }: {
    part: Part;
    idOf: ReadonlyMap<BeadKey, string>;
    text: (written: string) => string;
    notes: string[];
  },
): Record<string, unknown> {
  const { bead, id, children } = part;
  const needs = children.flatMap((child) => idOf.get(child.key) ?? []);
  for (const { bead: other, target, type } of dependenciesOf(view, { key: bead.key })) {
    if (type === "parent-child") continue;
    const need = other && idOf.get(other.key);
    if (need !== undefined && type === "blocks") needs.push(need);
    else notes.push(`${bead.id}: ${type} ${other?.id ?? target} is left out`);
  }
  if (bead.labels.length > 0) {
    notes.push(`${bead.id}: a step has no labels; ${bead.labels.join(", ")} are left out`);
  }
  const description = [bead.description, bead.design].map((each) => each?.trim()).filter(Boolean).join(
    "\n\n",
  );
  return {
    id,
    title: text(bead.title),
    ...(needs.length > 0 ? { needs: [...new Set(needs)] } : {}),
    ...(description === ""
      ? {}
      : { description: `${text(description)}${description.includes("\n") ? "\n" : ""}` }),
    ...(bead.acceptance_criteria ? { acceptance: text(bead.acceptance_criteria.trim()) } : {}),
  };
}

/** Puts variables in the place of their values, the longest first; two braces that were text stay text. */
function createFill(
  vars: Readonly<Record<string, string>>,
): { fill: (text: string) => string; refuseUnused: () => void } {
  const blank = Object.entries(vars).find(([, value]) => value === "");
  if (blank) {
    throw new CommandError("usage", `Cannot make "${blank[0]}" a variable: its value is empty`, {
      code: "bad_variable",
      hints: ["--var NAME=VALUE: VALUE is a text of the beads"],
    });
  }
  const values = Object.entries(vars).sort(([, one], [, other]) => other.length - one.length);
  const unused = new Set(Object.keys(vars));
  const fill = (text: string): string => {
    let parts: string[] = [text];
    for (const [name, value] of values) {
      parts = parts.flatMap((part, at) => {
        if (at % 2 === 1) return [part];
        const pieces = part.split(value);
        if (pieces.length > 1) unused.delete(name);
        return pieces.flatMap((piece, number) => number === 0 ? [piece] : [`{{ ${name} }}`, piece]);
      });
    }
    return parts.map((part, at) => at % 2 === 1 ? part : part.replaceAll("{{", '{{ "{{" }}')).join("");
  };
  const refuseUnused = () => {
    const [name] = unused;
    if (name === undefined) return;
    throw new CommandError(
      "refused",
      `Cannot make "${name}" a variable: "${vars[name]}" stands in none of the texts`,
      {
        code: "value_not_found",
        hints: ["--var NAME=VALUE: VALUE is a text of the beads, which becomes {{ NAME }}"],
      },
    );
  };
  return { fill, refuseUnused };
}
