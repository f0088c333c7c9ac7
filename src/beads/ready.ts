import type { Bead, BeadKey, View } from "../ledger/ledger.ts";

/** Which ready issues are wanted. */
export interface ReadyFilter {
  /** Time by which deferred issues come back, in ms since the epoch. */
  now: number;
  limit?: number;
  assignee?: string;
  unassigned?: boolean;
  priority?: number;
  issueType?: string;
  /** All of these. */
  labels?: readonly string[];
  /** Only below this bead, at any depth. */
  under?: BeadKey;
  includeDeferred?: boolean;
  includeEphemeral?: boolean;
  /** `priority` (then age) by default. */
  order?: "priority" | "oldest" | "hybrid";
  /** Also types that are internal, when `issueType` names none. */
  includeInternal?: boolean;
}

/** Open issues that nothing holds back, most urgent first, then oldest. */
export function readyBeads(_view: View, _filter: ReadyFilter): Bead[] {
  throw new Error("not written yet");
}

/** Why a bead is or is not ready, in sentences; the first entry decides. */
export function explainReady(_view: View, _options: { bead: Bead; now: number }): string[] {
  throw new Error("not written yet");
}

/** An issue that waits, and the beads it waits for. */
export interface BlockedBead {
  bead: Bead;
  /** Its own open blockers and those of its ancestors; `via` names the ancestor. */
  blockers: { bead: Bead; via?: Bead }[];
}

/** Issues that are held back, with what holds them, most urgent first; `under` limits it to one bead's descendants. */
export function blockedBeads(_view: View, _filter: { under?: BeadKey; limit?: number } = {}): BlockedBead[] {
  throw new Error("not written yet");
}

/** The open beads one bead waits for, its ancestors' included. */
export function blockersOf(_view: View, _bead: Bead): { bead: Bead; via?: Bead }[] {
  throw new Error("not written yet");
}
