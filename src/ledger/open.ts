import type { Ports } from "../ports/ports.ts";
import type { Ledger } from "./ledger.ts";

/** What the ledger needs from outside. */
export type LedgerPorts = Pick<Ports, "clock" | "env" | "files" | "random">;

/** Opens the ledger in a `.beads` folder. @throws {CommandError} when it cannot be read. */
export function openLedger(_ports: LedgerPorts, _options: { folder: string }): Ledger {
  throw new Error("not written yet");
}

/** The `.beads` folder for the place a command was called in: BEADS_DIR, GT_TOWN, or upwards. @throws {CommandError} */
export function findLedger(_ports: Pick<Ports, "env" | "files">): string {
  throw new Error("not written yet");
}
