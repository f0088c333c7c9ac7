import { join } from "node:path";
import { readFileAt } from "../../git/commit.ts";
import { reasonOf } from "../../git/failure.ts";
import { inRepository, type Repository } from "../../git/git.ts";
import { fetch } from "../../git/repository.ts";
import { CommandError } from "../../lib/errors.ts";
import { importJsonl, type ImportSummary } from "../../ledger/import.ts";
import { openLedger } from "../../ledger/open.ts";
import { projectionText } from "../../ledger/projection.ts";
import { applyRefs, logRefs } from "../../ledger/sync_apply.ts";
import type { SyncRepository } from "../../ledger/sync_repository.ts";
import type { Town } from "../town.ts";

/** The beads that a repository brings. */
export interface BroughtBeads {
  /** Where they were found: `refs/beads/…` or `.beads/issues.jsonl`. */
  source: string;
  /** Lines of an `issues.jsonl`. */
  text: string;
  /** What most of their ids begin with. */
  prefix: string | undefined;
}

/** Where fetched refs of another ledger are kept; away from the names our own sync uses. */
const fetched = "refs/gt/beads/";

/**
 * Looks for beads in a rig's repository: the refs of a ledger first, else the `issues.jsonl` of a branch.
 *
 * @throws {CommandError} `beads_unreadable` when there are some that cannot be read.
 */
export async function findBeads(
  town: Town,
  options: { repository: Repository; branch: string },
): Promise<BroughtBeads | undefined> {
  const { repository, branch } = options;
  const found = await ledgerText(town, repository) ?? await fileText(repository, branch);
  return found && { ...found, prefix: found.prefix ?? commonPrefix(found.text) };
}

/** Takes the beads into the town's ledger with their ids; what is there already stays unless the file's is newer. */
export function takeBeads(town: Town, options: { rig: string; beads: BroughtBeads }): ImportSummary {
  return importJsonl(town.ledger, { text: options.beads.text, actor: `import:${options.rig}` });
}

/** What was found, with the prefix where a ledger says it. */
type Found = Pick<BroughtBeads, "source" | "text"> & { prefix?: string };

async function fileText(repository: Repository, branch: string): Promise<Found | undefined> {
  const path = ".beads/issues.jsonl";
  const file = await readFileAt(repository, { revision: `refs/remotes/origin/${branch}`, path });
  if (file.kind === "unknown") throw unreadable(`${path} of ${branch}`, file.reason);
  return file.kind === "found" && file.text.trim() !== "" ? { source: path, text: file.text } : undefined;
}

async function ledgerText(town: Town, repository: Repository): Promise<Found | undefined> {
  const refs = await fetch(repository, { refspecs: [`+refs/beads/*:${fetched}*`] });
  if (refs.kind === "unreachable") throw unreadable("refs/beads/*", refs.reason);
  const patterns = [fetched, "refs/remotes/origin/beads/"];
  const source = logSource(repository);
  if (await source.read(["for-each-ref", "--count=1", ...patterns]) === "") return undefined;
  const { files, processes } = town.ports;
  // A ledger of its own, so that its settings and replicas do not become the town's.
  const folder = join(town.paths.runtime, "import", String(processes.pid));
  files.makeFolder(folder);
  const ledger = openLedger(town.ports, { folder });
  try {
    const refs = await logRefs(source, patterns);
    const { refused } = await applyRefs(source, { ledger, refs });
    if (refused[0]) throw unreadable("refs/beads/*", refused[0].reason);
    const text = projectionText(ledger.view);
    const prefix = ledger.view.setting("prefix");
    if (text === "") return undefined;
    return { source: "refs/beads/*", text, ...(typeof prefix === "string" ? { prefix } : {}) };
  } finally {
    ledger.close();
    files.remove(folder);
  }
}

/** A rig's repository as the ledger reads one. */
function logSource(repository: Repository): SyncRepository {
  const git: SyncRepository["git"] = (args, options = {}) => inRepository(repository, args, options);
  return {
    git,
    async read(args, options) {
      const finished = await git(args, options);
      if (finished.code !== 0) throw unreadable("refs/beads/*", reasonOf(finished));
      return finished.stdout;
    },
  };
}

function unreadable(what: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot read the beads of the repository in ${what}: ${reason.trim()}`, {
    code: "beads_unreadable",
    hints: ["Add the rig without them: --no-beads"],
  });
}

/** What most ids of an `issues.jsonl` have before their last part: `cs`, or `cs-ui` when all of them share it. */
export function commonPrefix(text: string): string | undefined {
  const counts = new Map<string, number>();
  for (const [, id] of text.matchAll(/^\{"id":\s*"([^"]+)"/gm)) {
    const parts = id!.split("-");
    for (let length = 1; length < parts.length; length++) {
      const prefix = parts.slice(0, length).join("-");
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || b[0].length - a[0].length);
  if (best === undefined || (best[1] === 1 && best[0].includes("-"))) return best?.[0].split("-")[0];
  return best[0];
}
