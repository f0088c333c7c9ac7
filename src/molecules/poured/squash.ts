import { createBead } from "../../beads/create.ts";
import { deleteBead } from "../../beads/close.ts";
import { childrenOf } from "../../beads/dependencies.ts";
import type { Bead, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json, JsonObject } from "../../lib/json.ts";
import type { Random } from "../../ports/random.ts";
import { stepsOf } from "../checklist.ts";
import { readRun } from "../engine/journal/run_log.ts";
import { hasEnded } from "../machine/run.ts";
import { summaryOf } from "../engine/journal/run_summary.ts";
import { stepOfBead } from "../engine/journal/step_link.ts";
import { type Digest, digestOfRun, digestOfSteps, digestText } from "./digest.ts";
import { heldBy } from "../joined.ts";

/** What squashing a molecule takes together. */
export interface Squashing {
  bead: Bead;
  digest: Digest;
  /** The beads of its steps, which the digest takes the place of. */
  records: readonly Bead[];
}

/**
 * What squashing a bead would do: a run that has ended, or a bead whose steps are all closed.
 *
 * @throws {CommandError} `not_finished` naming what is open, `already_squashed`, or `not_a_molecule`.
 */
export function squashingOf(view: View, bead: Bead): Squashing {
  const squashed = bead.metadata.squashed;
  const squashing = summaryOf(bead) ? ofRun(view, bead) : ofSteps(view, bead);
  if (typeof squashed === "string" && (summaryOf(bead) || squashing.records.length === 0)) {
    throw new CommandError("refused", `Cannot squash "${bead.id}": it is squashed already`, {
      code: "already_squashed",
      hints: [`bd show ${squashed}`],
    });
  }
  if (squashing.digest.steps.length > 0) return squashing;
  throw new CommandError("refused", `Cannot squash "${bead.id}": it has no steps, and is no run`, {
    code: "not_a_molecule",
    hints: [`bd compact ${bead.id} takes long texts out of a closed bead`],
  });
}

function ofSteps(view: View, bead: Bead): Squashing {
  const records = heldBy(view, bead).flatMap(({ key }) => stepsOf(view, key));
  const open = records.filter(({ status }) => status !== "closed");
  if (open.length > 0) {
    const named = open.slice(0, 10).map(({ id }) => id).join(", ");
    throw notFinished(bead, `${open.length} of its ${records.length} steps are open`, [
      `Open: ${named}${open.length > 10 ? ", …" : ""}`,
      `bd mol current ${bead.id}`,
    ]);
  }
  return { bead, records, digest: digestOfSteps(view, records) };
}

/** Nested runs stay: their own steps are squashed by their own digest. */
function ofRun(view: View, bead: Bead): Squashing {
  const open = readRun(view, bead.key)!;
  if (!hasEnded(open.run)) {
    throw notFinished(bead, `it is ${open.run.status}`, [`gt mol cancel ${bead.id} ends it`]);
  }
  const records = childrenOf(view, bead.key).filter((child) =>
    stepOfBead(child) !== undefined && summaryOf(child) === undefined && child.status === "closed"
  );
  return { bead, records, digest: digestOfRun(open) };
}

function notFinished(bead: Bead, state: string, hints: readonly string[]): CommandError {
  return new CommandError("refused", `Cannot squash "${bead.id}": ${state}`, { code: "not_finished", hints });
}

/** Puts one closed bead, the digest, in the place of the steps; with `keep` they stay beside it. */
export function squash(
  transaction: Transaction,
  options: { squashing: Squashing; summary?: string; keep: boolean; random: Random },
): Bead {
  const { squashing: { bead, digest, records }, summary, keep, random } = options;
  const { key, id } = createBead(transaction, {
    title: `Digest: ${bead.title}`.slice(0, 500),
    description: digestText(digest, summary),
    parent: bead.id,
    priority: bead.priority,
    random,
    metadata: { digest: digest as unknown as Json as JsonObject },
  });
  const closed = transaction.set(key, {
    status: "closed",
    closed_at: new Date(transaction.now).toISOString(),
    close_reason: `Digest of ${digest.steps.length} steps`,
  });
  transaction.set(bead.key, { "metadata.squashed": id });
  for (const record of keep ? [] : records) {
    deleteBead(transaction, { key: record.key, reason: `squashed into ${id}`, force: true });
  }
  return closed;
}
