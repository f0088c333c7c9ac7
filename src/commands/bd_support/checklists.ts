import { parentOf } from "../../beads/dependencies.ts";
import { issueShape } from "../../beads/export_shape.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, View } from "../../ledger/ledger.ts";
import type { JsonObject } from "../../lib/json.ts";
import { printable } from "../../lib/printable.ts";
import { type Checklist, checklistOf } from "../../molecules/checklist.ts";
import { readRun } from "../../molecules/engine/journal/run_log.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { stepCounts } from "../../ui/run_view.ts";
import { parseInstant } from "../../ports/time.ts";

/**
 * The checklists that are meant: of the bead that is named (or that a named step belongs to), else of the bead of this
 * session, else of all that the caller has taken on.
 */
export function checklistsFor(
  context: Pick<Context, "actor" | "ports">,
  options: { view: View; name: string | undefined; holder: string | undefined },
): Checklist[] {
  const { view } = options;
  return beadsFor(context, options).map((bead) => checklistFor(view, bead)).filter(({ total }) => total > 0);
}

function checklistFor(view: View, bead: Bead): Checklist {
  const checklist = checklistOf(view, bead);
  const open = summaryOf(bead) && readRun(view, bead.key);
  if (!open) return checklist;
  const { ended, total } = stepCounts(open.run);
  return { ...checklist, completed: ended, total };
}

function beadsFor(
  { actor, ports }: Pick<Context, "actor" | "ports">,
  options: { view: View; name: string | undefined; holder: string | undefined },
): Bead[] {
  const { view, name, holder } = options;
  if (name !== undefined) {
    const bead = resolveBead(view, name);
    return [bead.issue_type === "step" ? parentOf(view, bead) ?? bead : bead];
  }
  const own = holder === undefined ? ports.env.get("GT_BEAD") : undefined;
  const bead = own === undefined ? undefined : view.beadById(own);
  if (bead) return [bead];
  const taken = view.beads(
    `status IN ('in_progress', 'hooked') AND assignee = ? ORDER BY priority, created`,
    holder ?? actor,
  );
  // Who is at a step has not always taken on the bead that it is of.
  const isStep = ({ issue_type }: Bead) => issue_type === "step";
  const beads = taken.filter((bead) => !isStep(bead));
  const parents = taken.filter(isStep).flatMap((step) => parentOf(view, step) ?? []);
  return [...new Map([...beads, ...parents].map((bead) => [bead.key, bead])).values()];
}

/** Says that there are no steps to show. */
export function noSteps(name: string | undefined): string {
  return name === undefined ? "No steps in progress" : `${printable(name)} has no steps`;
}

/** A row of `bd mol current --json`. */
export function currentShape(view: View, checklist: Checklist): JsonObject {
  const { bead, steps, current, next, completed, total } = checklist;
  return {
    molecule_id: bead.id,
    molecule_title: bead.title,
    ...(checklist.molecule === undefined ? {} : { molecule: checklist.molecule }),
    ...(bead.assignee === undefined ? {} : { assignee: bead.assignee }),
    ...(current ? { current_step: issueShape(view, current) } : {}),
    ...(next ? { next_step: issueShape(view, next) } : {}),
    steps: steps.map(({ bead: step, state }) => ({
      issue: issueShape(view, step),
      status: state,
      is_current: step.key === current?.key,
    })),
    completed,
    total,
  };
}

/** What `bd mol progress --json` gives; the rate counts from when the steps were made, at `now` in ms. */
export function progressShape(
  { bead, steps, current, completed, total }: Checklist,
  now: number,
): JsonObject {
  const made = steps.length > 0 ? steps.map((step) => step.bead) : [bead];
  const began = Math.min(...made.map((step) => parseInstant(step.created_at) ?? now));
  const hours = (now - began) / 3_600_000;
  const rate = completed > 0 && hours > 0 ? completed / hours : undefined;
  const rounded = (value: number) => Math.round(value * 100) / 100;
  return {
    molecule_id: bead.id,
    molecule_title: bead.title,
    total,
    completed,
    in_progress: steps.filter(({ state }) => state === "current").length,
    ...(current ? { current_step_id: current.id } : {}),
    percent: rounded((completed / total) * 100),
    ...(rate === undefined
      ? {}
      : { rate_per_hour: rounded(rate), eta_hours: rounded((total - completed) / rate) }),
  };
}
