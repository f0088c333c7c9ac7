import { closeBead } from "../../../beads/close.ts";
import { resolveBead } from "../../../beads/ids.ts";
import type { Bead, Transaction, View } from "../../../ledger/ledger.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { Json } from "../../../lib/json.ts";
import { quoteWords } from "../../../lib/quote_words.ts";
import { archiveMade } from "../../../town/mail/mail.ts";
import type { Gate } from "../../definition.ts";
import { stepOfBead } from "../journal/step_link.ts";
import { type Decision, gateOf, isAwaited, mayDecide } from "./gate_standing.ts";

/** The gates that wait for a person, the oldest first; with `all` also those that are over. */
export function listGates(view: View, { all }: { all: boolean }): Bead[] {
  const those = all ? "status <> 'tombstone'" : "status NOT IN ('closed', 'tombstone')";
  return view.beads(`issue_type = 'gate' AND ${those} ORDER BY created, id`)
    .filter((bead) => gateOf(bead) !== undefined);
}

/** What is decided, and by whom. */
export interface DecisionOrder extends Decision {
  /** Id of the gate, as a person gives it. */
  gate: string;
  /** The part that an agent's session has in the town; absent for a person. */
  role?: string;
}

/**
 * Decides a gate; the same decision again changes nothing, and is not `fresh`.
 *
 * @throws {CommandError} `not_a_gate`, `gate_closed`, or `not_an_approver` for somebody who may not decide it.
 */
export function decideGate(transaction: Transaction, order: DecisionOrder): { bead: Bead; fresh: boolean } {
  const { kind, by, text, role } = order;
  const bead = resolveBead(transaction, order.gate);
  const gate = gateOf(bead);
  const action = kind === "approved" ? "approve" : "reject";
  const refuse = (state: string, code: string, ...hints: string[]) =>
    new CommandError("refused", `Cannot ${action} "${bead.id}": ${state}`, { code, hints });
  if (!gate && bead.issue_type === "gate") {
    const other = kind === "approved"
      ? `Open it: bd gate resolve ${bead.id}`
      : `Close it: bd close ${bead.id} --reason "rejected: WHY"`;
    throw refuse("no run of a workflow waits at this gate", "not_a_gate", other);
  }
  if (!gate) {
    throw refuse(
      `it is a ${bead.issue_type}, not a gate that somebody decides`,
      "not_a_gate",
      "gt gate list",
    );
  }
  if (bead.status === "closed") {
    const said = gate.decision?.text;
    if (gate.decision?.kind === kind && (!text || text === said)) return { bead, fresh: false };
    const state = `it is over, ${bead.close_reason ?? "closed"}`;
    throw refuse(
      state,
      "gate_closed",
      ...(gate.decision ? [`Add to it: bd comment ${bead.id} TEXT`] : []),
      "gt gate list",
    );
  }
  if (!isAwaited(transaction, bead)) {
    throw refuse("nobody waits there any more", "gate_closed", `See its run: gt mol status ${bead.id}`);
  }
  if (!mayDecide(gate, { by, role })) {
    const [approver] = gate.approvers;
    if (approver === undefined) {
      throw refuse(`a person decides it, and this is the session of ${by}`, "not_an_approver");
    }
    const words = ["gt", "gate", action, bead.id, ...(kind === "approved" ? [] : ["--reason", "WHY"])];
    throw refuse(
      `${by} is not among those who may: ${gate.approvers.join(", ")}`,
      "not_an_approver",
      // The session of an agent acts for nobody else.
      ...(role === undefined
        ? [`Whoever is one of them says so: ${quoteWords([...words, "--actor", approver])}`]
        : []),
    );
  }
  const decision: Decision = { kind, by, ...(text ? { text } : {}) };
  closeBead(transaction, {
    key: bead.key,
    reason: `${kind} by ${by}${text ? `: ${text}` : ""}`,
    force: true,
  });
  const key = stepOfBead(bead)?.key;
  if (key !== undefined) archiveGateMail(transaction, { key, approvers: gate.approvers });
  const decided = { ...gate, decision } as unknown as Json;
  return { bead: transaction.set(bead.key, { "metadata.gate": decided }), fresh: true };
}

/** What the message is made as that asks somebody to decide the gate of a step key. */
export function askingIdentity(key: string, to: string): string {
  return `${key}.gate.${to}`;
}

/** What the message is made as that says that the gate of a step key still waits. */
export function escalationIdentity(key: string): string {
  return `${key}.escalated`;
}

/** Who is asked: the overseer where nobody is named. */
export function askedAt(approvers: readonly string[]): readonly string[] {
  return approvers.length > 0 ? approvers : ["overseer"];
}

/** Whether anybody may have been told of a gate. */
export function hasGateMail({ condition, escalate }: Gate): boolean {
  return condition.type === "human" || escalate !== undefined;
}

/** Archives what told of the gate of a step key: it is over, and nobody has to look at it. */
export function archiveGateMail(
  transaction: Transaction,
  { key, approvers }: { key: string; approvers: readonly string[] },
): void {
  const asking = askedAt(approvers).map((to) => askingIdentity(key, to));
  archiveMade(transaction, [...asking, escalationIdentity(key)]);
}
