import { closeBead } from "../../beads/close.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Bead, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";
import { archiveIn } from "../../town/mail/mail.ts";
import { messageId } from "../../town/mail/messages.ts";
import { stepOfBead } from "./step_link.ts";

/** What somebody has decided at a gate. */
export interface Decision {
  kind: "approved" | "rejected";
  by: string;
  text?: string;
}

/** What the bead of a human gate keeps as `metadata.gate`. */
export interface GateSummary {
  type: "human";
  /** Who may decide; every person when empty. */
  approvers: readonly string[];
  /** Absent until somebody has decided. */
  decision?: Decision;
}

/** What the bead of a gate keeps; undefined for any other bead. */
export function gateOf(bead: Bead): GateSummary | undefined {
  return bead.issue_type === "gate" ? bead.metadata.gate as unknown as GateSummary | undefined : undefined;
}

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
 * Decides a gate; the same decision again changes nothing.
 *
 * @throws {CommandError} `not_a_gate`, `gate_closed`, or `not_an_approver` for somebody who may not decide it.
 */
export function decideGate(transaction: Transaction, order: DecisionOrder): Bead {
  const { kind, by, text, role } = order;
  const bead = resolveBead(transaction, order.gate);
  const gate = gateOf(bead);
  const action = kind === "approved" ? "approve" : "reject";
  const refuse = (state: string, code: string, ...hints: string[]) =>
    new CommandError("refused", `Cannot ${action} "${bead.id}": ${state}`, { code, hints });
  if (!gate) {
    throw refuse(
      `it is a ${bead.issue_type}, not a gate that somebody decides`,
      "not_a_gate",
      "gt gate list",
    );
  }
  if (bead.status === "closed") {
    if (gate.decision?.kind === kind) return bead;
    throw refuse(`it is over, ${bead.close_reason ?? "closed"}`, "gate_closed", "gt gate list");
  }
  if (gate.approvers.length > 0 && !gate.approvers.includes(by)) {
    throw refuse(`${by} is not among those who may: ${gate.approvers.join(", ")}`, "not_an_approver");
  }
  if (gate.approvers.length === 0 && role !== undefined) {
    throw refuse(`a person decides it, and this is the session of ${by}`, "not_an_approver");
  }
  const decision: Decision = { kind, by, ...(text ? { text } : {}) };
  closeBead(transaction, {
    key: bead.key,
    reason: `${kind} by ${by}${text ? `: ${text}` : ""}`,
    force: true,
  });
  archiveMail(transaction, { bead, approvers: gate.approvers });
  return transaction.set(bead.key, { "metadata.gate": { ...gate, decision } as unknown as Json });
}

/** The message that says that the gate waits, as one with this identity is made. */
export function gateMailIdentity(bead: Pick<Bead, "metadata">, to: string): string {
  return `${stepOfBead(bead)?.key}.gate.${to}`;
}

/** Who is asked: the overseer where nobody is named. */
export function askedAt(approvers: readonly string[]): readonly string[] {
  return approvers.length > 0 ? approvers : ["overseer"];
}

/** What told of the gate has been heard. */
function archiveMail(
  transaction: Transaction,
  { bead, approvers }: { bead: Bead; approvers: readonly string[] },
): void {
  const prefix = String(transaction.setting("prefix") ?? "hq");
  for (const to of askedAt(approvers)) {
    const message = transaction.beadById(messageId(prefix, gateMailIdentity(bead, to)));
    if (message && message.status !== "closed") archiveIn(transaction, message.key);
  }
}
