import { basename, dirname, join, resolve } from "node:path";
import { prefixOf } from "../../beads/ids.ts";
import { importJsonl } from "../../ledger/import.ts";
import { initLedger } from "../../ledger/init.ts";
import type { RefusedLine } from "../../ledger/import_record.ts";
import { findLedger } from "../../ledger/open.ts";
import { hasLogsElsewhere, syncLedger } from "../../ledger/sync.ts";
import { writeProjection } from "../../ledger/projection.ts";
import { projectionPath } from "../../ledger/projection_due.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Ports } from "../../ports/ports.ts";

/** What `bd init` found or made. */
export interface MadeLedger {
  /** The `.beads` folder. */
  folder: string;
  prefix: string;
  /** False when it was there already. */
  created: boolean;
  /** How many operations of other clones it was made from. */
  received: number;
  /** How many beads came from an issues.jsonl. */
  adopted: number;
  /** Lines of it that could not be taken over. */
  refused: readonly RefusedLine[];
}

/**
 * Makes a ledger in the folder of the call, or in BEADS_DIR, and takes over an issues.jsonl that is there.
 *
 * @throws {CommandError} `ledger_above` where a ledger further up would be used, unless forced.
 */
export async function makeLedger(
  ports: Ports,
  options: { prefix?: string; force: boolean },
): Promise<MadeLedger> {
  const named = ports.env.get("BEADS_DIR");
  const folder = resolve(ports.env.cwd(), named ?? ".beads");
  const used = ledgerInUse(ports);
  if (used !== undefined && used !== folder && ports.files.exists(join(used, "ops")) && !options.force) {
    throw ledgerAbove(used);
  }
  const created = !ports.files.exists(join(folder, "ops"));
  const path = projectionPath(folder);
  const there = created ? ports.files.readPart(path, { from: 0, most: 1024 * 1024 }) : undefined;
  const prefix = options.prefix ?? (there && firstPrefix(there.text)) ?? prefixOfFolder(dirname(folder));
  const received = created ? await receive(ports, folder) : 0;
  const ledger = initLedger(ports, { folder, prefix });
  try {
    const adopted = there && importJsonl(ledger, { path, actor: "import:issues.jsonl" });
    if (adopted && adopted.refused.length === 0) writeProjection(ledger, ports);
    return {
      folder,
      prefix: String(ledger.view.setting("prefix") ?? prefix),
      created,
      received,
      adopted: adopted?.created.length ?? 0,
      refused: adopted?.refused ?? [],
    };
  } finally {
    ledger.close();
  }
}

/** Takes in what other clones have, so that their prefix holds here too; returns the number of operations. */
async function receive(ports: Ports, folder: string): Promise<number> {
  if (ports.files.stat(dirname(folder)) === undefined) return 0;
  try {
    if (!await hasLogsElsewhere(ports, { folder })) return 0;
  } catch (error) {
    if (error instanceof CommandError) return 0;
    throw error;
  }
  const ledger = initLedger(ports, { folder });
  try {
    return (await syncLedger(ledger, ports, { push: false })).received;
  } finally {
    ledger.close();
  }
}

function ledgerInUse(ports: Ports): string | undefined {
  try {
    return findLedger(ports);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

function ledgerAbove(folder: string): CommandError {
  return new CommandError(
    "refused",
    `Cannot make a ledger here: "${folder}" is used in this folder already`,
    {
      code: "ledger_above",
      hints: ["bd list shows what is in it", "bd init --force makes another one all the same"],
    },
  );
}

/** The prefix of the first id in an issues.jsonl, of which this is the beginning. */
function firstPrefix(text: string): string | undefined {
  const id = /"id"\s*:\s*"([^"\\]+)"/.exec(text)?.[1];
  return id === undefined ? undefined : prefixOf(id);
}

function prefixOfFolder(folder: string): string {
  const words = basename(folder).toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join("-") || "bd";
}
