import { claimBead } from "../../beads/claim.ts";
import { addDependency, dependenciesOf, removeDependency } from "../../beads/dependencies.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, BeadKey, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import type { Env } from "../../ports/env.ts";
import { archiveAsking } from "../../work/attempt_store.ts";
import { fieldsOf, knownStatus, metadataOf } from "./fields.ts";
import { refuseOfRun, refuseTaking } from "./guard.ts";
import { closeOne, reopenOne } from "./step_closing.ts";

/** What the flags of `bd update` ask for. */
export interface Change {
  claim: boolean;
  force: boolean;
  /** Who makes it, and from where. */
  actor: string;
  env: Env;
  status: string | undefined;
  /** Registers, without the status. */
  fields: Record<string, Json>;
  metadata: JsonObject;
  appendNotes: string | undefined;
  /** As given; empty takes the parent away. */
  parent: string | undefined;
  addLabels: readonly string[];
  removeLabels: readonly string[];
  setLabels: readonly string[] | undefined;
}

/** Reads the flags of `bd update`. @throws {CommandError} when there are none, or one cannot be read. */
export function changeOf(context: Context, view: View): Change {
  const { flags, actor, ports: { env } } = context;
  const fields = fieldsOf(context, view);
  if (flags.title !== undefined) fields.title = titleOf(flags.title as string);
  const status = flags.status as string | undefined;
  const change: Change = {
    claim: flags.claim === true,
    force: flags.force === true,
    ...{ actor, env },
    status: status === undefined ? undefined : knownStatus(view, status),
    fields,
    metadata: metadataOf(context),
    appendNotes: flags["append-notes"] as string | undefined,
    parent: flags.parent as string | undefined,
    addLabels: (flags["add-label"] ?? []) as readonly string[],
    removeLabels: (flags["remove-label"] ?? []) as readonly string[],
    setLabels: flags["set-labels"] as readonly string[] | undefined,
  };
  if (isEmpty(change)) {
    throw new CommandError("usage", "Cannot update: no change was asked for", {
      code: "no_change",
      hints: [
        "bd update ID --claim",
        "bd update ID --status in_progress --priority 1",
        "see `bd update --help`",
      ],
    });
  }
  return change;
}

function titleOf(text: string): string {
  const title = text.trim();
  if (title !== "") return title;
  throw new CommandError("usage", "Cannot use an empty title", { code: "empty_title" });
}

function isEmpty(change: Change): boolean {
  const lists = [
    change.addLabels,
    change.removeLabels,
    Object.keys(change.fields),
    Object.keys(change.metadata),
  ];
  return !change.claim && lists.every((list) => list.length === 0) &&
    [change.status, change.appendNotes, change.parent, change.setLabels].every((each) => each === undefined);
}

/** Makes a change to one bead. @throws {CommandError} when it may not be made. */
export function changeBead(
  transaction: Transaction,
  { key, change }: { key: BeadKey; change: Change },
): Bead {
  const before = transaction.beadByKey(key)!;
  const { env, force } = change;
  const movesStatus = change.status !== undefined && change.status !== before.status;
  const takesAway = movesStatus ||
    change.fields.assignee !== undefined && change.fields.assignee !== (before.assignee ?? null);
  const touch = { view: transaction, bead: before, env, force };
  if (takesAway) {
    refuseTaking("update", touch);
    archiveAsking(transaction, before);
  }
  const { issue_type = before.issue_type } = change.fields;
  if (movesStatus || issue_type !== before.issue_type) refuseOfRun("update", touch);
  if (change.claim) claimBead(transaction, { key, actor: change.actor });
  if (change.status !== undefined) changeStatus(transaction, { key, change, status: change.status });
  const fields: Record<string, Json> = { ...change.fields };
  for (const [name, value] of Object.entries(change.metadata)) fields[`metadata.${name}`] = value;
  if (Object.keys(fields).length > 0) transaction.set(key, fields);
  changeLabels(transaction, { key, change });
  if (change.appendNotes !== undefined) transaction.appendNotes(key, change.appendNotes);
  if (change.parent !== undefined) changeParent(transaction, { key, parent: change.parent });
  return transaction.beadByKey(key)!;
}

function changeStatus(
  transaction: Transaction,
  { key, change, status }: { key: BeadKey; change: Change; status: string },
): void {
  const now = transaction.beadByKey(key)!.status;
  if (status === now) return;
  if (status === "closed") {
    const { force, env } = change;
    closeOne(transaction, { bead: transaction.beadByKey(key)!, reason: "Closed", force, env });
    return;
  }
  if (now === "closed") reopenOne(transaction, { key });
  if (transaction.beadByKey(key)!.status !== status) transaction.set(key, { status });
}

function changeLabels(transaction: Transaction, { key, change }: { key: BeadKey; change: Change }): void {
  const has = transaction.beadByKey(key)!.labels;
  const wanted = change.setLabels;
  const added = [...(wanted ?? []), ...change.addLabels].filter((label) => !has.includes(label));
  const removed = has.filter((label) =>
    change.removeLabels.includes(label) ||
    wanted !== undefined && !wanted.includes(label) && !change.addLabels.includes(label)
  );
  for (const label of new Set(added)) transaction.addLabel(key, label);
  for (const label of removed) transaction.removeLabel(key, label);
}

function changeParent(transaction: Transaction, { key, parent }: { key: BeadKey; parent: string }): void {
  for (const edge of dependenciesOf(transaction, { key, type: "parent-child" })) {
    removeDependency(transaction, { key, target: edge.bead?.id ?? edge.target, type: "parent-child" });
  }
  if (parent !== "") addDependency(transaction, { key, target: parent, type: "parent-child" });
}
