import type { Bead, BeadKey, Ledger } from "../../../ledger/ledger.ts";
import type { Json } from "../../../lib/json.ts";
import { summaryOf } from "../journal/run_summary.ts";

/** Under which kind of ephemeral value it is kept why runs cannot be driven, by key of the run. */
const TROUBLE = "mol-trouble";

/** Why the steward cannot drive a run. */
export interface RunTrouble {
  text: string;
  /** Since when, in ms since the epoch. */
  since: number;
}

/** Notes why a run cannot be driven; false when that is known already. */
export function noteTrouble(
  { ephemeral }: Pick<Ledger, "ephemeral">,
  { key, trouble }: { key: BeadKey; trouble: RunTrouble },
): boolean {
  const known = ephemeral.get<Json>(TROUBLE, key) as unknown as RunTrouble | undefined;
  if (known?.text === trouble.text) return false;
  ephemeral.put(TROUBLE, key, { ...trouble });
  return true;
}

/** Notes that a run is driven. */
export function forgetTrouble({ ephemeral }: Pick<Ledger, "ephemeral">, key: BeadKey): void {
  if (ephemeral.get(TROUBLE, key) !== undefined) ephemeral.remove(TROUBLE, key);
}

/** Why a run cannot be driven; undefined for one that can, or that is over. */
export function troubleOf({ ephemeral, view }: Pick<Ledger, "ephemeral" | "view">, key: BeadKey) {
  return troubledRuns({ ephemeral, view }).find(({ bead }) => bead.key === key)?.trouble;
}

/** The runs of the steward that it cannot drive, the longest first. */
export function troubledRuns(
  { ephemeral, view }: Pick<Ledger, "ephemeral" | "view">,
): { bead: Bead; trouble: RunTrouble }[] {
  return ephemeral.list<Json>(TROUBLE).flatMap(({ key, value }) => {
    const bead = view.beadByKey(key as BeadKey);
    if (!bead || bead.deleted || bead.status === "closed" || !summaryOf(bead)?.background) return [];
    return [{ bead, trouble: value as unknown as RunTrouble }];
  }).sort((one, other) => one.trouble.since - other.trouble.since);
}
