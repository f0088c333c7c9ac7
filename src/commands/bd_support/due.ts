import { explainReady } from "../../beads/ready.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import type { Style } from "../../lib/style.ts";
import { type Checklist, stepsOf } from "../../molecules/checklist.ts";
import { heldBy } from "../../molecules/joined.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { handingIn } from "../../work/handing_in.ts";

/** What has to be done where no step of a bead may begin: it, or a part of it, is to be handed in, or something else waits. */
export function dueLines(
  style: Style,
  { view, checklist: { bead, steps }, now }: { view: View; checklist: Checklist; now: number },
): string[] {
  if (summaryOf(bead)) return [`${bead.id} is a run; all its steps: gt mol status ${bead.id}`];
  const left = steps.filter(({ state }) => state !== "done");
  const done = heldBy(view, bead).find((part) => isWorkedOff(view, part));
  if (done) return overLines(style, { bead: done, count: stepsOf(view, done.key).length });
  const [first] = left;
  if (!first) return overLines(style, { bead, count: steps.length });
  return [
    `No step may begin now; ${left.length} of ${steps.length} are open. Of the first, ${first.bead.id}:`,
    ...explainReady(view, { bead: first.bead, now }).map((reason) => `  ${reason}`),
  ];
}

function overLines(style: Style, { bead, count }: { bead: Bead; count: number }): string[] {
  const over = `All ${count} steps of ${bead.id} are done.`;
  return bead.status === "closed" ? [over] : [over, `${style.bold("Next")}: ${handingIn(bead)}`];
}

function isWorkedOff(view: View, bead: Bead): boolean {
  if (bead.status === "closed" || bead.blocked) return false;
  const steps = stepsOf(view, bead.key);
  return steps.length > 0 && steps.every(({ status }) => status === "closed");
}
