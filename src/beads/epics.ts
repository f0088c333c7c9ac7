import type { Bead, Transaction, View } from "../ledger/ledger.ts";
import { closeBead } from "./close.ts";
import { childrenOf, compareIds } from "./dependencies.ts";

/** How far an epic has come. */
export interface EpicStatus {
  epic: Bead;
  /** Direct children. */
  children: Bead[];
  closed: number;
  /** It is open, has children, and all of them are closed. */
  eligible: boolean;
}

/** How far one epic has come. */
export function epicStatus(view: View, epic: Bead): EpicStatus {
  const children = childrenOf(view, epic.key);
  const closed = children.filter((child) => child.status === "closed").length;
  const open = epic.status !== "closed";
  return { epic, children, closed, eligible: open && children.length > 0 && closed === children.length };
}

/** All open epics with their state, by id. */
export function openEpics(view: View): EpicStatus[] {
  return view.beads("issue_type = 'epic' AND live = 1")
    .sort((one, other) => compareIds(one.id, other.id))
    .map((epic) => epicStatus(view, epic));
}

/** Closes every epic whose children are all closed, and those above that become so by it. */
export function closeEligibleEpics(transaction: Transaction): Bead[] {
  const closed: Bead[] = [];
  for (;;) {
    // One that waits for others stays open: closing it is a decision.
    const next = openEpics(transaction).filter(({ epic, eligible }) => eligible && !epic.blocked);
    if (next.length === 0) return closed;
    for (const { epic } of next) {
      closed.push(closeBead(transaction, { key: epic.key, reason: "All children closed" }));
    }
  }
}
