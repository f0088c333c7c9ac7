import type { GateCondition } from "../definition.ts";
import type { Opening } from "./gate_step.ts";
import type { Order, PerformDeps } from "./performance.ts";
import { runName } from "./step_at.ts";

/** Opens when a message comes that is about the run, or to it, after the gate was reached. */
export function gateMail(
  { ledger, language, watches }: PerformDeps,
  { order, condition, opening }: {
    order: Order;
    condition: GateCondition & { type: "mail" };
    opening: Opening;
  },
): void {
  const { open, step: { record }, scope } = order;
  const from = condition.from && language.fill(condition.from, scope).trim();
  const subject = condition.subject && language.fill(condition.subject, scope).trim().toLowerCase();
  const name = runName(open.key);
  opening.until(watches.add(() => {
    const found = ledger.view.beads(
      "issue_type = 'message' AND status <> 'tombstone' AND created >= ? ORDER BY created, id",
      record.startedAt ?? 0,
    ).find(({ assignee, title, metadata }) => {
      const mail = (metadata.mail ?? {}) as { from?: string; about?: string };
      return (assignee === name || mail.about === open.key) && (from === undefined || mail.from === from) &&
        (subject === undefined || title.toLowerCase().includes(subject));
    });
    if (!found) return;
    const mail = found.metadata.mail as { from: string };
    opening.open({ from: mail.from, subject: found.title, body: found.description ?? "" });
  }));
}
