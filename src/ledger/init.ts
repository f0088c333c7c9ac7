import type { Ledger } from "./ledger.ts";
import type { LedgerPorts } from "./open.ts";

/** Makes a ledger (`folder` is the `.beads` folder) or opens the one that is there; sets the prefix when it has none. */
export function initLedger(_ports: LedgerPorts, _options: { folder: string; prefix: string }): Ledger {
  throw new Error("not written yet");
}
