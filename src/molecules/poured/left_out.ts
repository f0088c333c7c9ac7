import { childrenOf, dependenciesOf, type Edge } from "../../beads/dependencies.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import { originOf } from "../checklist.ts";
import { anyId } from "./distill_text.ts";

/** Types of beads that are no work by themselves. */
const NO_WORK: readonly string[] = ["message", "convoy", "gate", "molecule", "event"];

/** Whether a bead below the one that becomes a molecule becomes a step of it. */
export function isPart({ metadata, issue_type: type }: Bead): boolean {
  return metadata.digest === undefined && !NO_WORK.includes(type);
}

/** What a molecule cannot say of a bead and those below it, a line each. */
export function leftOutOf(
  view: View,
  { root, parts }: { root: Bead; parts: readonly Bead[] },
): string[] {
  const known = new Set(parts.map(({ key }) => key));
  const named = anyId(parts.map(({ id }) => id));
  const isKept = ({ bead, type }: Edge) =>
    type === "parent-child" || (type === "blocks" && bead && known.has(bead.key));
  const notes = root.issue_type === "molecule" ? [`${root.id}: what is no bead of this run is left out`] : [];
  for (const bead of [root, ...parts]) {
    const edges = dependenciesOf(view, { key: bead.key }).filter((edge) => !isKept(edge));
    notes.push(
      ...edges.map(({ bead: other, target, type }) =>
        `${bead.id}: ${type} ${other?.id ?? target} is left out`
      ),
      ...fieldsLeftOut(bead, root),
      ...beadsLeftOut(view, bead),
    );
  }
  for (const bead of parts) {
    const id = textsOf(bead).map((text) => named.exec(text)?.[0]).find((each) => each !== undefined);
    if (id !== undefined) notes.push(`${bead.id}: its text names ${id}, which stays as it is`);
  }
  return notes;
}

function beadsLeftOut(view: View, bead: Bead): string[] {
  return childrenOf(view, bead.key)
    .filter((child) => !isPart(child) && child.metadata.digest === undefined)
    .map(({ id, issue_type: type }) => `${id}: a ${type} is left out`);
}

function fieldsLeftOut(bead: Bead, root: Bead): string[] {
  const { issue_type: type, fields } = bead;
  const what = bead === root ? "molecule" : "step";
  const values: [string, unknown][] = [
    ["type", ["task", "epic", "step", "molecule"].includes(type) ? undefined : type],
    ["priority", bead.priority === root.priority ? undefined : `P${bead.priority}`],
    ["acceptance", what === "molecule" ? bead.acceptance_criteria : undefined],
    ["design", what === "molecule" ? bead.design : undefined],
    ["notes", bead.notes],
    ["estimate", fields.estimated_minutes],
    ["due date", fields.due_at],
    ["external reference", fields.external_ref],
  ];
  const lines = values.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${bead.id}: a ${what} has no ${name}; ${shortly(String(value))} is left out`);
  const labels = bead.labels.length > 0
    ? [`${bead.id}: a ${what} has no labels; ${bead.labels.join(", ")} are left out`]
    : [];
  return [...labels, ...lines];
}

function shortly(text: string): string {
  return /\n/.test(text) || text.length > 40 ? "what it says" : text;
}

function textsOf(bead: Bead): string[] {
  const run = originOf(bead)?.run;
  return [
    bead.title,
    bead.description,
    bead.design,
    bead.acceptance_criteria,
    run?.command,
    ...Object.values(run?.env ?? {}),
  ].filter((text) => text !== undefined);
}
