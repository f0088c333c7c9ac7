import type { Bead, BeadKey, Ledger } from "../../ledger/ledger.ts";
import { printable } from "../../lib/printable.ts";
import type { Style } from "../../lib/style.ts";
import { runName } from "../../molecules/engine/journal/step_at.ts";
import { isLikeFailure, stepOfBead } from "../../molecules/engine/journal/step_link.ts";
import { failureOf } from "../../molecules/engine/steps/step_bead.ts";

/** What closing a bead has come to for the step of a run that waits for it; nothing where that is success. */
export function outcomeLines(style: Style, { ledger, bead }: { ledger: Ledger; bead: Bead }): string[] {
  const link = stepOfBead(bead);
  const run = link && ledger.view.beadByKey(link.run as BeadKey);
  if (!run || run.status === "closed" || bead.issue_type === "gate") return [];
  const step = printable(`Step "${link.step}" of ${run.id ?? runName(link.run)}`);
  const why = failureOf(ledger, bead);
  if (why !== undefined) return [`${style.red("✗")} ${step} has failed: ${printable(why)}`];
  if (!isLikeFailure(bead.close_reason)) return [];
  return [`${style.green("✓")} ${step} has succeeded`, style.dim(`  What fails one: --reason "failed: WHY"`)];
}
