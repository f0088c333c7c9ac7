import { dependentsOf, descendantsOf, parentOf } from "../../beads/dependencies.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Bead, BeadKey, Ledger, Transaction, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Env } from "../../ports/env.ts";
import { refuseStepAtWork } from "./guard.ts";
import { closeOne } from "./step_closing.ts";

/** Which beads to close, and how. */
export interface Closing {
  names: readonly string[];
  reason: string;
  force: boolean;
  env: Env;
  /** What they give to later steps of their run. */
  outputs?: JsonObject;
}

/** What closing several beads came to. */
export interface Closed {
  closed: Bead[];
  /** Those that were closed before. */
  before: ReadonlySet<BeadKey>;
  /** Others that may begin by it. */
  unblocked: Bead[];
  /** Others that are closed with it: they were only to be done if one of these failed. */
  skipped: Bead[];
}

/** Closes several beads in one write. @throws {CommandError} if one may not be closed. */
export function closeBeads(
  ledger: Ledger,
  { actor, ...closing }: Closing & { actor: string },
): Closed {
  return ledger.write(actor, (transaction) => {
    const beads = closing.names.map((name) => resolveBead(transaction, name));
    const before = new Set(beads.filter(({ status }) => status === "closed").map(({ key }) => key));
    const waiting = new Set(beads.flatMap((bead) => heldBackBy(transaction, bead)));
    const closed = closeNamed(transaction, closing);
    const then = [...waiting].map((key) => transaction.beadByKey(key)!);
    const unblocked = then.filter((bead) => bead.status === "open" && !bead.blocked);
    const named = new Set(closed.map(({ key }) => key));
    const skipped = then.filter(({ key, status }) => status === "closed" && !named.has(key));
    return { closed, before, unblocked, skipped };
  });
}

/** Closes several beads as part of a change. @throws {CommandError} if one may not be closed. */
export function closeNamed(
  transaction: Transaction,
  { names, reason, force, env, outputs = {} }: Closing,
): Bead[] {
  return names.map((name) => {
    const bead = resolveBead(transaction, name);
    refuseStepAtWork("close", { view: transaction, bead, env, force });
    return closeOne(transaction, { bead, reason, force, env, outputs });
  });
}

/** Open, blocked beads that may come free when this one closes: what depends on it or its parent, and all below those. */
function heldBackBy(view: View, bead: Bead): BeadKey[] {
  const parent = parentOf(view, bead);
  const direct = [bead, ...(parent ? [parent] : [])]
    .flatMap(({ key }) => dependentsOf(view, { key }))
    .filter((edge) => edge.type !== "parent-child")
    .flatMap((edge) => edge.bead ?? []);
  return direct.flatMap((each) => [each, ...descendantsOf(view, each.key)])
    .filter((each) => each.status === "open" && each.blocked)
    .map((each) => each.key);
}
