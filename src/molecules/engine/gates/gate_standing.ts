import type { Bead, BeadKey, View } from "../../../ledger/ledger.ts";
import { hasEnded } from "../../machine/run.ts";
import { recordAt } from "../../machine/step_list.ts";
import { stepNumber } from "../../machine/step_number.ts";
import { stepOfBead } from "../journal/step_link.ts";
import { runOrTrouble } from "../journal/unreadable.ts";

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

/** Somebody who would decide. */
export interface Decider {
  by: string;
  /** The part that an agent's session has in the town; absent for a person. */
  role?: string | undefined;
}

/** Whether somebody may decide a gate: one of those it names, or else any person. */
export function mayDecide({ approvers }: Pick<GateSummary, "approvers">, { by, role }: Decider): boolean {
  return approvers.length > 0 ? approvers.includes(by) : role === undefined;
}

/** Who decides a gate, in words. */
export function decidersText({ approvers }: Pick<GateSummary, "approvers">): string {
  return `decided by ${approvers.length > 0 ? approvers.join(", ") : "a person"}`;
}

/** The commands with which somebody decides a gate. */
export function decidingCommands({ id }: Pick<Bead, "id">): readonly [string, string] {
  return [`gt gate approve ${id}`, `gt gate reject ${id} --reason WHY`];
}

/** What the bead of a gate keeps; undefined for any other bead. */
export function gateOf(bead: Bead): GateSummary | undefined {
  return bead.issue_type === "gate" ? bead.metadata.gate as unknown as GateSummary | undefined : undefined;
}

/** Whether a run waits at a gate, or has not heard yet what was decided there; one that cannot be read may. */
export function isAwaited(view: Pick<View, "journal">, gate: Bead): boolean {
  const link = stepOfBead(gate);
  const open = link && runOrTrouble(view, link.run as BeadKey);
  if (!open || open instanceof Error) return true;
  const { rules, run } = open;
  const index = hasEnded(run) ? undefined : stepNumber(rules, { steps: run.steps, step: link.step });
  if (index === undefined) return false;
  const { attempt, status } = recordAt(run.steps, index);
  return attempt === link.attempt && (status === "waiting" || status === "running");
}
