import { join } from "node:path";
import type { Ledger } from "./ledger.ts";
import { type LedgerPorts, openLedger } from "./open.ts";

/** Git keeps nothing of the ledger in code branches; its operations travel in refs of their own. */
const IGNORED = "*\n";

/**
 * Makes a ledger (`folder` is the `.beads` folder) or opens the one that is there; sets the prefix when it has none.
 *
 * Leave the prefix out where logs are to be fetched first ({@linkcode hasLogsElsewhere}): they bring theirs.
 */
export function initLedger(ports: LedgerPorts, options: { folder: string; prefix?: string }): Ledger {
  const { folder, prefix } = options;
  ports.files.makeFolder(join(folder, "ops"));
  const ignore = join(folder, ".gitignore");
  if (!ports.files.exists(ignore)) ports.files.writeText(ignore, IGNORED);
  const ledger = openLedger(ports, { folder });
  if (prefix !== undefined && ledger.view.setting("prefix") === undefined) {
    ledger.write("bd", (transaction) => transaction.setSetting("prefix", prefix));
  }
  return ledger;
}
