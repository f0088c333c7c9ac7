import type { GateCondition } from "../../definition.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";
import { takeMail, type Wanted, wantedMail } from "./run_mail.ts";
import { stepKey } from "../journal/step_at.ts";
import type { Opening } from "./gate_opening.ts";

/** Opens when a message comes that is to the run or about it; one that came earlier in the run counts as well. */
export function gateMail(
  { ledger, language, watches, actor }: PerformDeps,
  { order, condition, opening }: {
    order: Order;
    condition: GateCondition & { type: "mail" };
    opening: Opening;
  },
): void {
  const { open, step, scope } = order;
  const wanted: Wanted = {
    run: open.key,
    since: open.run.startedAt,
    taker: stepKey(open, step),
    from: condition.from && language.fill(condition.from, scope).trim(),
    subject: condition.subject && language.fill(condition.subject, scope).trim(),
  };
  opening.until(watches.add(() => {
    if (!wantedMail(ledger.view, wanted)) return;
    const found = ledger.write(actor, (transaction) => {
      const message = wantedMail(transaction, wanted);
      if (message) takeMail(transaction, { message, wanted });
      return message;
    });
    if (!found) return;
    const mail = found.metadata.mail as { from: string };
    opening.open({ from: mail.from, subject: found.title, body: found.description ?? "" });
  }));
}
