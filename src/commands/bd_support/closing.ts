import { closeBead } from "../../beads/close.ts";
import { dependentsOf, descendantsOf, parentOf } from "../../beads/dependencies.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Bead, BeadKey, Ledger, View } from "../../ledger/ledger.ts";
import type { Env } from "../../ports/env.ts";
import { refuseAtWork, refuseStaleWorker } from "./guard.ts";

/** Closes several beads in one write; tells which others may begin by it. @throws {CommandError} if one may not be closed. */
export function closeBeads(
  ledger: Ledger,
  options: { actor: string; names: readonly string[]; reason: string; force: boolean; env: Env },
): { closed: Bead[]; unblocked: Bead[] } {
  return ledger.write(options.actor, (transaction) => {
    const beads = options.names.map((name) => resolveBead(transaction, name));
    const waiting = new Set(beads.flatMap((bead) => heldBackBy(transaction, bead)));
    const closed = beads.map((bead) => {
      if (!options.force) refuseAtWork("close", bead);
      refuseStaleWorker(options.env, { view: transaction, step: bead });
      return closeBead(transaction, { key: bead.key, reason: options.reason, force: options.force });
    });
    const unblocked = [...waiting].map((key) => transaction.beadByKey(key)!)
      .filter((bead) => bead.status === "open" && !bead.blocked);
    return { closed, unblocked };
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
