import { createBead } from "../../beads/create.ts";
import { addDependency, dependenciesOf } from "../../beads/dependencies.ts";
import { canonicalType, INTERNAL_TYPES } from "../../beads/issue_types.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import { present } from "../../lib/present.ts";
import type { Random } from "../../ports/random.ts";
import { track, writeConvoy } from "./convoy_changes.ts";
import type { ConvoyFile, ConvoyFileBead } from "./convoy_schema.ts";
import { allConvoys, convoyMetadata, convoyState } from "./convoys.ts";

/** One thing that applying a file changes, or would change. */
export interface ConvoyStep {
  kind: "create-convoy" | "update-convoy" | "create-bead" | "update-bead" | "add-dependency" | "track";
  /** Id of the convoy or bead. */
  id: string;
  /** What changes, in words: fields, or the id at the other end. */
  what: string;
}

/** What applying a file came to. */
export interface ConvoyApplied {
  convoy: Bead;
  /** Empty when everything was so already. */
  steps: readonly ConvoyStep[];
  /** Ids that the convoy tracks although the file does not name them. */
  unnamed: readonly string[];
  /** What beads of the file still wait for although the file does not say so. */
  unnamedDeps: readonly { bead: string; on: string }[];
}

/** What is applied. */
export interface ConvoyOrder {
  file: ConvoyFile;
  actor: string;
  random: Random;
  /** Try everything, and keep nothing. */
  dryRun?: boolean;
  /** Looks at the convoy as it is then, also where nothing is kept. */
  seen?(view: View, convoy: Bead): void;
}

/** Where a bead is to be slung when its convoy is launched: its `metadata.sling`. */
export interface SlingWishes {
  rig?: string;
  agent?: string;
  molecule?: string;
  /** Values of its variables. */
  vars?: Readonly<Record<string, string>>;
}

/**
 * Makes the ledger what a convoy's file says, in one write: nothing is removed, and a second time nothing changes.
 *
 * With `dryRun` everything is tried and nothing is kept. @throws {CommandError} when a bead or edge is refused.
 */
export function applyConvoy(ledger: Ledger, options: ConvoyOrder): ConvoyApplied {
  if (options.dryRun) return trial(ledger, options);
  return ledger.write(options.actor, (transaction) => applyIn(transaction, options));
}

/** Carries the change out and takes it back, so that a plan is refused for the same reasons as the real thing. */
function trial(ledger: Ledger, options: ConvoyOrder): ConvoyApplied {
  const takenBack = new Error("taken back");
  let applied: ConvoyApplied | undefined;
  try {
    ledger.write(options.actor, (transaction) => {
      applied = applyIn(transaction, options);
      throw takenBack;
    });
  } catch (error) {
    if (error !== takenBack) throw error;
  }
  return applied!;
}

function applyIn(transaction: Transaction, options: ConvoyOrder): ConvoyApplied {
  const { file, actor } = options;
  const steps: ConvoyStep[] = [];
  const keys = file.beads.map((bead) => {
    const whole = withDefaults(file, bead);
    const there = transaction.beadById(bead.id);
    if (!there) return create(transaction, { bead: whole, random: options.random, steps });
    return update(transaction, { bead: whole, there, steps });
  });
  for (const [at, bead] of file.beads.entries()) {
    connect(transaction, { bead, key: keys[at]!, steps });
  }
  const convoy = convoyOf(transaction, { file, actor, steps });
  const before = new Set(convoyState(transaction, convoy).beads.map(({ bead }) => bead.key));
  for (const key of keys) {
    if (before.has(key)) continue;
    steps.push({ kind: "track", id: convoy.id, what: transaction.beadByKey(key)!.id });
  }
  const tracked = track(transaction, { convoy, keys });
  options.seen?.(transaction, tracked);
  const unnamed = convoyState(transaction, tracked).beads.map(({ bead }) => bead).filter(({ key }) =>
    !keys.includes(key)
  );
  const unnamedDeps = file.beads.flatMap((bead, at) =>
    otherDeps(transaction, { bead, key: keys[at]!, keys }).map((on) => ({ bead: bead.id, on }))
  );
  return { convoy: tracked, steps, unnamed: unnamed.map(({ id }) => id), unnamedDeps };
}

/** What a bead waits for besides its `deps`: of the file's beads, and where it has `deps` of all. */
function otherDeps(
  view: View,
  { bead, key, keys }: { bead: ConvoyFileBead; key: BeadKey; keys: readonly BeadKey[] },
): string[] {
  return dependenciesOf(view, { key, type: "blocks" }).flatMap(({ bead: on }) => {
    if (!on || on.status === "closed" || INTERNAL_TYPES.includes(on.issue_type)) return [];
    const isOther = !(bead.deps ?? []).includes(on.id) && (bead.deps !== undefined || keys.includes(on.key));
    return isOther ? [on.id] : [];
  });
}

function withDefaults(file: ConvoyFile, bead: ConvoyFileBead): ConvoyFileBead {
  const { rig, agent, molecule } = file;
  // Values are those of the molecule that stands beside them.
  const vars = bead.molecule === undefined && file.vars ? { ...file.vars, ...bead.vars } : bead.vars;
  return { ...present({ rig, agent, molecule }), ...bead, ...present({ vars }) };
}

function create(
  transaction: Transaction,
  options: { bead: ConvoyFileBead; random: Random; steps: ConvoyStep[] },
): BeadKey {
  const { bead, random, steps } = options;
  if (bead.title === undefined) {
    throw new CommandError(
      "refused",
      `Cannot apply the convoy: bead "${bead.id}" does not exist and has no title`,
      {
        code: "bead_not_found",
        hints: [`Give it a title in the file, or make it: bd create "TITLE" --id ${bead.id}`],
      },
    );
  }
  const wishes = slingWishes(bead);
  const made = createBead(transaction, {
    id: bead.id,
    title: bead.title,
    random,
    ...present({
      description: bead.description,
      acceptanceCriteria: bead.acceptance,
      design: bead.design,
      issueType: bead.type,
      priority: bead.priority,
      labels: bead.labels,
      metadata: wishes || bead.budget ? present({ sling: wishes, budget: bead.budget }) : undefined,
    }),
  });
  steps.push({ kind: "create-bead", id: made.id, what: made.title });
  return made.key;
}

function update(
  transaction: Transaction,
  options: { bead: ConvoyFileBead; there: Bead; steps: ConvoyStep[] },
): BeadKey {
  const { bead, there, steps } = options;
  const wanted = present({
    title: bead.title,
    description: bead.description,
    acceptance_criteria: bead.acceptance,
    design: bead.design,
    issue_type: bead.type === undefined ? undefined : canonicalType(bead.type),
    priority: bead.priority,
  });
  const changed = Object.entries(wanted).filter(([name, value]) => there[name as keyof Bead] !== value);
  const fields: Record<string, Json> = Object.fromEntries(changed);
  const wishes = slingWishes(bead);
  const wished = wishes ? changedWishes((there.metadata.sling ?? {}) as JsonObject, wishes) : [];
  if (wishes && wished.length > 0) fields["metadata.sling"] = wishes;
  if (bead.budget && JSON.stringify(there.metadata.budget) !== JSON.stringify(bead.budget)) {
    fields["metadata.budget"] = bead.budget;
  }
  const labels = (bead.labels ?? []).filter((label) => !there.labels.includes(label));
  if (Object.keys(fields).length > 0) transaction.set(there.key, fields);
  for (const label of labels) transaction.addLabel(there.key, label);
  const what = [
    ...Object.keys(fields).flatMap((name) =>
      name === "metadata.sling" ? wished : name.replace(/^metadata\./, "")
    ),
    ...labels.map((label) => `label ${label}`),
  ];
  if (what.length > 0) steps.push({ kind: "update-bead", id: there.id, what: what.join(", ") });
  return there.key;
}

/** Keys of what two wishes say differently. */
function changedWishes(before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

function slingWishes(bead: ConvoyFileBead): JsonObject | undefined {
  const wishes = present({ rig: bead.rig, agent: bead.agent, molecule: bead.molecule, vars: bead.vars });
  return Object.keys(wishes).length > 0 ? wishes as JsonObject : undefined;
}

function connect(
  transaction: Transaction,
  options: { bead: ConvoyFileBead; key: BeadKey; steps: ConvoyStep[] },
): void {
  const { bead, key, steps } = options;
  const there = new Set(dependenciesOf(transaction, { key, type: "blocks" }).map((edge) => edge.bead?.id));
  for (const target of bead.deps ?? []) {
    if (there.has(target)) continue;
    addDependency(transaction, { key, target, type: "blocks" });
    steps.push({ kind: "add-dependency", id: bead.id, what: target });
  }
}

/** The convoy with the file's name, made or brought in line. */
function convoyOf(
  transaction: Transaction,
  options: { file: ConvoyFile; actor: string; steps: ConvoyStep[] },
): Bead {
  const { file, actor, steps } = options;
  const convoy = namedConvoy(transaction, { file, actor, steps });
  if (!file.budget || JSON.stringify(convoy.metadata.budget) === JSON.stringify(file.budget)) return convoy;
  steps.push({ kind: "update-convoy", id: convoy.id, what: "budget" });
  return transaction.set(convoy.key, { "metadata.budget": file.budget });
}

function namedConvoy(
  transaction: Transaction,
  options: { file: ConvoyFile; actor: string; steps: ConvoyStep[] },
): Bead {
  const { file, actor, steps } = options;
  const there = allConvoys(transaction).find(({ title }) => title === file.name);
  if (!there) {
    const made = writeConvoy(transaction, {
      name: file.name,
      owner: file.owner ?? actor,
      watchers: file.watchers ?? [],
    });
    steps.push({ kind: "create-convoy", id: made.id, what: made.title });
    return made;
  }
  const metadata = convoyMetadata(there);
  const { owner = metadata.owner, watchers = metadata.watchers } = file;
  const changed = [
    ...owner === metadata.owner ? [] : ["owner"],
    ...JSON.stringify(watchers) === JSON.stringify(metadata.watchers) ? [] : ["watchers"],
  ];
  if (changed.length === 0) return there;
  steps.push({ kind: "update-convoy", id: there.id, what: changed.join(", ") });
  return transaction.set(there.key, {
    assignee: owner,
    "metadata.convoy": { ...metadata, owner, watchers } as unknown as Json,
  });
}
