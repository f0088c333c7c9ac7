import { validTitle } from "../../../beads/create.ts";
import { CommandError } from "../../../lib/errors.ts";
import { present } from "../../../lib/present.ts";
import type { Bead, Transaction } from "../../../ledger/ledger.ts";
import { writeMessage } from "../../../town/mail/messages.ts";
import type { GateCondition, Template } from "../../definition.ts";
import type { Json } from "../../../lib/json.ts";
import { askedAt, askingIdentity, escalationIdentity } from "./gate_decision.ts";
import { decidingCommands, gateOf, type GateSummary } from "./gate_standing.ts";
import { succeeded } from "../steps/outputs.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";
import { openBead, stepLink } from "../steps/step_bead.ts";
import { runName, stepKey } from "../journal/step_at.ts";

/** The bead of a human gate, made once; in a town everybody who may decide gets a message with it. */
export function openGateBead(
  deps: PerformDeps,
  { order, condition }: { order: Order; condition: GateCondition & { type: "human" } },
): Bead | undefined {
  const { language } = deps;
  const { open, step: { definition }, scope } = order;
  const title = language.fill(definition.title, scope).trim();
  const message = condition.message && language.fill(condition.message, scope).trim();
  const approvers = condition.approvers.map((each) => language.fill(each, scope).trim()).filter(Boolean);
  if (approvers.length === 0 && condition.approvers.length > 0) {
    const given = condition.approvers.map(({ text }) => text.trim()).join(", ");
    throw new CommandError("refused", `"approvers" names nobody: nothing comes of ${given}`, {
      code: "gate_wrong",
    });
  }
  const gate: GateSummary = { type: "human", approvers };
  return openBead(deps, order, (transaction) => {
    const bead = transaction.create(transaction.childId(open.key), {
      title: validTitle(title),
      status: "open",
      issue_type: "gate",
      assignee: approvers[0] ?? "overseer",
      ...(message ? { description: message } : {}),
      dependencies: [{ target: open.key, type: "parent-child" }],
      metadata: { attempt_of: stepLink(order), gate: { ...gate } as unknown as Json },
    });
    for (const each of deps.hasMail ? askedAt(approvers) : []) {
      writeGateMail(transaction, { bead, key: stepKey(open, order.step), to: each, text: message ?? title });
    }
    return bead;
  });
}

function writeGateMail(
  transaction: Transaction,
  { bead, key, to, text }: { bead: Bead; key: string; to: string; text: string },
): void {
  writeMessage(transaction, {
    identity: askingIdentity(key, to),
    from: transaction.actor,
    to,
    subject: `GATE ${bead.id}: ${bead.title}`,
    body: `${text}\n\n${decidingCommands(bead).join("\n")}`,
    urgent: true,
    about: bead.key,
  });
}

/** Tells somebody that a gate still waits, once. */
export function escalateGate(
  { ledger, language, actor }: PerformDeps,
  { order, to: whom }: { order: Order; to: Template },
): void {
  const { open, step, scope } = order;
  const title = language.fill(step.definition.title, scope).trim();
  const to = language.fill(whom, scope).trim();
  const name = runName(open.key);
  ledger.write(actor, (transaction) => {
    const { bead } = step.record;
    const about = bead === undefined ? undefined : transaction.beadById(bead)?.key;
    writeMessage(transaction, {
      identity: escalationIdentity(stepKey(open, step)),
      from: actor,
      to,
      subject: `GATE ${name} still waits at "${step.id}": ${title}`,
      body: `See: gt mol status ${name}`,
      urgent: true,
      ...present({ about }),
    });
  });
}

/** Says what was decided at a gate whose bead is closed. */
export function tellOfDecision({ language }: PerformDeps, order: Order, bead: Bead | undefined): void {
  const { step, scope, tell } = order;
  const { id, attempt } = step;
  const decision = bead && !bead.deleted ? gateOf(bead)?.decision : undefined;
  if (!decision) {
    const text = !bead || bead.deleted
      ? "its gate was deleted"
      : "its gate was closed, and nobody has decided";
    tell({ kind: "failed", step: id, attempt, reason: { kind: "failed", text } });
  } else if (decision.kind === "rejected") {
    const text = bead!.close_reason ?? `rejected by ${decision.by}`;
    tell({ kind: "failed", step: id, attempt, reason: { kind: "rejected", text } });
  } else {
    const given = { by: decision.by, comment: decision.text ?? "" };
    tell(succeeded(language, { step, scope, given }));
  }
}
