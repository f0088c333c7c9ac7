import { dirname, join, resolve } from "node:path";
import type { Context } from "../../cli/command.ts";
import { initLedger } from "../../ledger/init.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { hasLogsElsewhere, syncLedger } from "../../ledger/sync.ts";
import { CommandError } from "../../lib/errors.ts";

/**
 * Makes the ledger of a fresh clone from the logs its remote holds.
 *
 * Returns undefined where there is nothing to make it from. @throws {CommandError} when the logs cannot be taken in.
 */
export async function hydrateLedger(context: Pick<Context, "ports" | "out">): Promise<Ledger | undefined> {
  const { ports, out } = context;
  const root = repositoryAbove(context.ports);
  if (root === undefined || ports.env.get("BEADS_DIR") || ports.env.get("GT_TOWN")) return undefined;
  try {
    if (!await hasLogsElsewhere(ports, { folder: join(root, ".beads") })) return undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
  const folder = join(root, ".beads");
  out.note(`taking in the beads of this repository into ${folder}`);
  const ledger = initLedger(ports, { folder });
  const { failure } = await syncLedger(ledger, ports, { push: false });
  if (failure === undefined) return ledger;
  ledger.close();
  throw new CommandError("refused", `Cannot take in the beads of this repository: ${failure}`, {
    code: "remote_unreachable",
    hints: ["bd sync"],
  });
}

/** The root of the worktree that a command was called in. */
function repositoryAbove(ports: Context["ports"]): string | undefined {
  for (let at = resolve(ports.env.cwd());; at = dirname(at)) {
    if (ports.files.exists(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}
