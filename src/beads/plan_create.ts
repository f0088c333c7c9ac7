import type { Bead, Transaction } from "../ledger/ledger.ts";
import { CommandError } from "../lib/errors.ts";
import type { JsonObject } from "../lib/json.ts";
import { present } from "../lib/present.ts";
import type { Random } from "../ports/random.ts";
import { closeBead } from "./close.ts";
import { createBead } from "./create.ts";
import { addDependency } from "./dependencies.ts";
import { resolveBead } from "./ids.ts";
import type { Plan, PlanFault, PlanNode } from "./plan.ts";

/** What else a plan is made with. */
export interface PlanOptions {
  plan: Plan;
  random: Random;
  /** The bead above the topmost ones. */
  parent?: string;
  /** For every bead of the plan. */
  labels?: readonly string[];
  /** For those that name nobody. */
  assignee?: string;
  /** A type as the ledger knows it. @throws {CommandError} for one it does not know. */
  typeOf: (text: string) => string;
  /** A moment as RFC 3339. @throws {CommandError} for one that cannot be read. */
  momentOf: (text: string) => string;
}

/** A bead of a plan, and how deep it stands in it. */
export interface PlannedBead {
  bead: Bead;
  depth: number;
}

/** Makes all beads of a plan, then the edges between them. @throws {CommandError} `plan_refused` naming every line that cannot be done. */
export function createPlan(transaction: Transaction, options: PlanOptions): PlannedBead[] {
  const made = new Map<PlanNode, PlannedBead>();
  const faults: PlanFault[] = [...options.plan.faults];
  const attempt = <T>(node: PlanNode, act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      faults.push({ line: node.line, message: error.message });
      return undefined;
    }
  };
  const visit = (node: PlanNode, place: { parent: string | undefined; depth: number }) => {
    const bead = attempt(node, () => createNode(transaction, { node, parent: place.parent, options }));
    if (!bead) return;
    made.set(node, { bead, depth: place.depth });
    for (const child of node.children) visit(child, { parent: bead.id, depth: place.depth + 1 });
  };
  for (const root of options.plan.roots) visit(root, { parent: options.parent, depth: 0 });
  const names = namesOf([...made.keys()]);
  for (const node of made.keys()) attempt(node, () => linkNode(transaction, { node, made, names }));
  if (faults.length === 0) {
    for (const node of [...made.keys()].reverse()) {
      if (node.done) {
        attempt(node, () => closeNode(transaction, made.get(node)!));
      }
    }
  }
  if (options.plan.roots.length === 0 && faults.length === 0) {
    faults.push({ line: 1, message: "there is no heading and no item" });
  }
  if (faults.length > 0) throw planRefused(faults);
  return [...made.values()].map(({ bead, depth }) => ({ bead: transaction.beadByKey(bead.key)!, depth }));
}

function createNode(
  transaction: Transaction,
  { node, parent, options }: { node: PlanNode; parent: string | undefined; options: PlanOptions },
): Bead {
  const fields: JsonObject = present({
    due_at: node.due === undefined ? undefined : options.momentOf(node.due),
    defer_until: node.defer === undefined ? undefined : options.momentOf(node.defer),
    estimated_minutes: node.estimate,
  });
  return createBead(
    transaction,
    present({
      title: node.title,
      id: node.id,
      random: options.random,
      issueType: node.type === undefined
        ? node.children.length > 0 ? "epic" : "task"
        : options.typeOf(node.type),
      priority: node.priority,
      description: node.description,
      design: node.design,
      acceptanceCriteria: node.acceptance,
      notes: node.notes,
      assignee: node.assignee ?? options.assignee,
      labels: [...node.labels, ...options.labels ?? []],
      parent,
      fields,
    }),
  );
}

/** Nodes by the names they may be called by: the one they were given, their id, their title. */
function namesOf(nodes: readonly PlanNode[]): Map<string, PlanNode[]> {
  const names = new Map<string, PlanNode[]>();
  const put = (name: string | undefined, node: PlanNode) => {
    if (name === undefined) return;
    const known = names.get(slug(name)) ?? [];
    if (!known.includes(node)) names.set(slug(name), [...known, node]);
  };
  for (const node of nodes) {
    put(node.name, node);
    put(node.id, node);
  }
  // A title counts where nothing was given that name on purpose.
  const given = new Set(names.keys());
  for (const node of nodes) if (!given.has(slug(node.title))) put(node.title, node);
  return names;
}

function slug(text: string): string {
  return text.toLowerCase().match(/[\p{L}\p{N}.]+/gu)?.join("-") ?? text;
}

function linkNode(
  transaction: Transaction,
  { node, made, names }: {
    node: PlanNode;
    made: ReadonlyMap<PlanNode, PlannedBead>;
    names: ReadonlyMap<string, readonly PlanNode[]>;
  },
): void {
  const { key } = made.get(node)!.bead;
  const before = node.follows && made.get(node.follows);
  if (before) addDependency(transaction, { key, target: before.bead.id, type: "blocks" });
  for (const text of node.after) {
    const [, kind, plain] = /^(?!external:)([a-z][a-z-]+):(.+)$/.exec(text) ?? [];
    const name = (plain ?? text).trim();
    const found = names.get(slug(name.replace(/^#/, ""))) ?? [];
    if (found.length > 1) {
      const lines = found.map(({ line }) => line).join(" and ");
      throw new CommandError(
        "usage",
        `Cannot tell which "${name}" is meant: lines ${lines} have that title`,
        {
          code: "plan_ambiguous",
        },
      );
    }
    const target = found[0] ? made.get(found[0])!.bead.id : name;
    if (!found[0] && !name.startsWith("external:")) resolveBead(transaction, name);
    addDependency(transaction, { key, target, type: kind ?? "blocks" });
  }
}

function closeNode(transaction: Transaction, { bead }: PlannedBead): void {
  closeBead(transaction, { key: bead.key, reason: "Done before it was planned", force: true });
}

/** How many faults an error names. */
const SHOWN = 20;

function planRefused(faults: readonly PlanFault[]): CommandError {
  const sorted = [...faults].sort((one, other) => one.line - other.line);
  const count = sorted.length === 1 ? "1 line is" : `${sorted.length} lines are`;
  return new CommandError("usage", `Cannot make beads of the plan: ${count} wrong, so nothing was made`, {
    code: "plan_refused",
    hints: [
      ...sorted.slice(0, SHOWN).map(({ line, message }) => `line ${line}: ${message}`),
      ...(sorted.length > SHOWN ? [`and ${sorted.length - SHOWN} more`] : []),
    ],
  });
}
