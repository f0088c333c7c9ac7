import { validTitle } from "../beads/create.ts";
import type { Bead, BeadKey, Transaction, View } from "../ledger/ledger.ts";
import { CommandError } from "../lib/errors.ts";
import type { Json } from "../lib/json.ts";
import { liveAttemptOf } from "../work/attempt_store.ts";
import {
  allStepsOf,
  isSuggested,
  openSteps,
  originOf,
  skipping,
  type StepOrigin,
  stepsOf,
} from "./checklist.ts";
import { heldBy } from "./joined.ts";
import type { Molecule, Step } from "./molecule.ts";
import { stepGraph } from "./step_graph.ts";
import { filledIn, type Scope } from "./template.ts";

/** What came of pouring. */
export interface Poured {
  /** All steps of the bead, in the order of their numbers. */
  steps: readonly Bead[];
  /** Whether they were made now; false when the bead had them. */
  made: boolean;
  /** Whether the molecule's text has changed since its steps were made; they stay as they are. */
  changed: boolean;
}

/**
 * Makes the steps of a molecule the children of a bead, with a `blocks` edge for each need.
 *
 * A bead that has open steps of this molecule, or finished ones, keeps them: it is bound to the text it began with.
 *
 * @throws {CommandError} `other_molecule` when steps of another molecule are open.
 */
export function pourMolecule(
  transaction: Transaction,
  options: {
    bead: Bead;
    molecule: Molecule;
    values: Readonly<Record<string, string>>;
    /** Nobody named it. */
    suggested?: boolean;
  },
): Poured {
  const { bead, molecule } = options;
  const before = allStepsOf(transaction, bead);
  const own = before.filter((step) => originOf(step)?.molecule === molecule.name);
  if (own.length > 0) {
    const changed = own.some((step) => originOf(step)!.hash !== molecule.hash);
    return { steps: before, made: false, changed };
  }
  refuseOtherSteps(transaction, { bead, molecule: molecule.name });
  makeSteps(transaction, options);
  return { steps: stepsOf(transaction, bead.key), made: true, changed: false };
}

/**
 * Refuses to work a bead by a molecule, or by none, while steps of another one are open.
 *
 * @throws {CommandError} `other_molecule`.
 */
export function refuseOtherSteps(
  view: View,
  { bead, molecule }: { bead: Bead; molecule: string },
): void {
  const open = allStepsOf(view, bead).filter(({ status }) => status !== "closed");
  const other = open.map((step) => originOf(step)?.molecule).find((name) =>
    name !== undefined && name !== molecule
  );
  if (other === undefined) return;
  const end = skipping(open, { reason: "cancelled", force: liveAttemptOf(bead) !== undefined });
  throw new CommandError(
    "refused",
    `Cannot work "${bead.id}" by "${molecule}": steps of "${other}" are open`,
    {
      code: "other_molecule",
      hints: [`Go on with those: gt sling ${bead.id} RIG`, `Or end them: ${end}`],
    },
  );
}

/** Numbers follow the file; a step is made once those it needs exist. */
function makeSteps(
  transaction: Transaction,
  { bead, molecule, values, suggested = false }: Parameters<typeof pourMolecule>[1],
): void {
  const first = Number(transaction.childId(bead.key).slice(bead.id.length + 1));
  const ids = new Map(molecule.steps.map(({ id }, at) => [id, `${bead.id}.${first + at}`]));
  const keys = new Map<string, BeadKey>();
  const scope: Scope = { vars: values, bead: { id: bead.id, title: bead.title } };
  const { order } = stepGraph(
    molecule.steps.map(({ id, needs }) => ({ id, needs: { mode: "all", of: needs } })),
  );
  for (const step of order.map((position) => molecule.steps[position]!)) {
    const needed = step.needs.map((need) => ({ target: keys.get(need)!, type: "blocks" }));
    const made = transaction.create(ids.get(step.id)!, {
      ...registersOf(step, scope),
      priority: bead.priority,
      dependencies: [{ target: bead.key, type: "parent-child" }, ...needed],
      metadata: {
        step: {
          ...originFor(molecule, { step, scope }),
          ...(suggested ? { suggested } : {}),
        } as unknown as Json,
      },
    });
    keys.set(step.id, made.key);
  }
}

function registersOf({ title, description, acceptance }: Step, scope: Scope) {
  return {
    title: validTitle(filledIn(title, scope)),
    status: "open",
    issue_type: "step",
    ...(description === undefined ? {} : { description: filledIn(description, scope) }),
    ...(acceptance === undefined ? {} : { acceptance_criteria: filledIn(acceptance, scope) }),
  };
}

function originFor(
  { name, version, hash }: Molecule,
  { step: { id, run }, scope }: { step: Step; scope: Scope },
): StepOrigin {
  const origin: StepOrigin = { molecule: name, version, id, hash };
  if (!run) return origin;
  const { command, env = {}, ...rest } = run;
  const filled = Object.entries(env).map(([name, text]) => [name, filledIn(text, scope)]);
  return {
    ...origin,
    run: {
      command: filledIn(command, scope),
      ...rest,
      ...(filled.length > 0 ? { env: Object.fromEntries(filled) } : {}),
    },
  };
}

/**
 * Lets the suggested steps of a bead give way to the molecule that somebody names, or to none: those that are not
 * closed are removed, or asked for from now on where it is the same molecule.
 */
export function replaceSuggested(
  transaction: Transaction,
  { key, molecule }: { key: BeadKey; molecule: string },
): void {
  for (const step of stepsOf(transaction, key)) {
    const origin = originOf(step);
    if (!origin?.suggested) continue;
    const { suggested: _, ...asked } = origin;
    if (asked.molecule === molecule) {
      transaction.set(step.key, { "metadata.step": asked as unknown as Json });
    } else if (step.status !== "closed") transaction.remove(step.key, `worked by ${molecule}`);
  }
}

/** Closes the suggested steps of a bead that are left, and returns them. */
export function closeSuggested(
  transaction: Transaction,
  { key, reason }: { key: BeadKey; reason: string },
): Bead[] {
  const left = openSteps(transaction, key).filter(isSuggested);
  const closed_at = new Date(transaction.now).toISOString();
  for (const step of left) {
    transaction.set(step.key, { status: "closed", close_reason: reason, closed_at });
  }
  return left;
}

/** Opens every closed step of a bead again, of a molecule that is named only its own, for work that begins anew. */
export function reopenSteps(
  transaction: Transaction,
  { bead, molecule }: { bead: Bead; molecule?: string | undefined },
): void {
  const reopen = ({ key }: Bead) =>
    transaction.set(key, { status: "open", assignee: null, closed_at: null, close_reason: null });
  for (const held of heldBy(transaction, bead)) {
    const again = stepsOf(transaction, held.key).filter((step) => {
      const origin = originOf(step);
      return step.status !== "open" && origin && origin.molecule === (molecule ?? origin.molecule);
    });
    again.forEach(reopen);
    if (again.length > 0 && held.status === "closed" && held.key !== bead.key) reopen(held);
  }
}

/** Takes the steps that somebody is at off their hands, with the bead they belong to. */
export function putDownSteps(transaction: Transaction, bead: Bead): void {
  for (const step of allStepsOf(transaction, bead)) {
    if (step.status === "in_progress") transaction.set(step.key, { status: "open", assignee: null });
  }
}
