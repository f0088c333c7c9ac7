/**
 * What the commands about runs of molecules share.
 *
 * @module
 */
import { basename, dirname, join, relative } from "node:path";
import type { Context } from "../../cli/command.ts";
import { resolveBead } from "../../beads/ids.ts";
import { initLedger } from "../../ledger/init.ts";
import type { Bead, Ledger, View } from "../../ledger/ledger.ts";
import { findLedger } from "../../ledger/open.ts";
import { CommandError } from "../../lib/errors.ts";
import type { EngineDeps } from "../../molecules/engine/engine.ts";
import { type OpenRun, type Reading, readRun } from "../../molecules/engine/journal/run_log.ts";
import { summaryOf } from "../../molecules/engine/journal/run_summary.ts";
import { withoutBeginning } from "../../molecules/engine/journal/unreadable.ts";
import { stepOfBead } from "../../molecules/engine/journal/step_link.ts";
import type { Ports } from "../../ports/ports.ts";
import { rootHere } from "../../town/town.ts";
import { createHints, type Hints } from "../../ui/waiting_hints.ts";
import { openHere } from "../bd_support/ledger.ts";
import { libraryHere } from "./library.ts";

/**
 * The ledger of the place, or a new one in the repository around it; says when it made one.
 *
 * In a fresh clone it is made from what the remote holds. @throws {CommandError} `no_ledger` where another tool's
 * folder stands in its place, `no_repository` where there is neither a ledger nor a repository.
 */
export async function ledgerForRuns(context: Pick<Context, "ports" | "out">): Promise<Ledger> {
  const { ports, out } = context;
  const root = repositoryAround(ports);
  const wasThere = isThere(ports);
  try {
    return withPrefix(await openHere(context), root);
  } catch (error) {
    const isMissing = error instanceof CommandError && error.code === "no_ledger";
    if (!isMissing || wasThere && !isBeingMade(ports)) throw error;
  }
  if (isThere(ports)) {
    // Somebody else makes it just now.
    await ports.clock.sleep(MAKING_MS);
    if (!isBeingMade(ports)) return await ledgerForRuns(context);
  }
  const folder = isThere(ports) ? findLedger(ports) : join(repositoryOf(ports) ?? refuse(ports), ".beads");
  const ledger = initLedger(ports, { folder, prefix: prefixFor(basename(root)) });
  out.note(`Runs are kept in ${folder}, which git does not see`);
  return ledger;
}

function refuse({ env }: Ports): never {
  throw new CommandError(
    "refused",
    `Cannot begin a run in "${env.cwd()}": there is no repository here or above, in which it would be kept`,
    { code: "no_repository", hints: ["git init", "In one that is there: gt mol run FILE -C REPOSITORY"] },
  );
}

/** The same ledger with a prefix: whoever makes it just now may not have come to that. */
function withPrefix(ledger: Ledger, root: string): Ledger {
  const isNew = (view: View) =>
    view.setting("prefix") === undefined && view.beads("1 = 1 LIMIT 1").length === 0;
  if (isNew(ledger.view)) {
    ledger.write("bd", (transaction) => {
      if (isNew(transaction)) transaction.setSetting("prefix", prefixFor(basename(root)));
    });
  }
  return ledger;
}

/** Whether somebody has made the folder of a ledger, and nothing in it yet. */
function isBeingMade(ports: Ports): boolean {
  return ports.files.list(findLedger(ports)).length === 0;
}

/** How long it takes at most to make a ledger's folders, in ms. */
const MAKING_MS = 200;

/** The prefix of the ids in a repository: the words of its name, as many as fit. */
function prefixFor(name: string): string {
  const words = name.toLowerCase().match(/[a-z][a-z0-9]*/g) ?? [];
  return words.join("-").slice(0, LONGEST_PREFIX).replace(/-+$/, "") || "run";
}

const LONGEST_PREFIX = 20;

/** Whether there is a folder of a ledger, even if it holds none. */
function isThere(ports: Ports): boolean {
  try {
    findLedger(ports);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the repository around the call, or the folder of the call outside of every one. */
export function repositoryAround(ports: Pick<Ports, "files" | "env">): string {
  return repositoryOf(ports) ?? ports.env.cwd();
}

function repositoryOf({ files, env }: Pick<Ports, "files" | "env">): string | undefined {
  for (let at = env.cwd();; at = dirname(at)) {
    if (files.exists(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Where the commands of a run begin, as a run keeps it. */
export function folderForRun(ports: Ports, ledger: Pick<Ledger, "folder">): string {
  const around = dirname(ledger.folder);
  const root = repositoryAround(ports);
  return relative(ports.files.realPath(around) ?? around, ports.files.realPath(root) ?? root) || ".";
}

/** What drives runs here: in a town its prompts are slung and its convoys dispatched. */
export async function engineHere(ports: Ports, ledger: Ledger): Promise<EngineDeps> {
  const deps: EngineDeps = { ports, ledger, library: libraryHere(ports) };
  const root = rootHere(ports);
  if (root === undefined) return deps;
  const [{ openTown }, { townSteps }] = await Promise.all([
    import("../../town/town.ts"),
    import("../../molecules/engine/steps/town_steps.ts"),
  ]);
  return { ...deps, ...townSteps({ ports, town: openTown(ports) }) };
}

/** The hints for steps of runs that wait, as things stand in the ledger of the place, for whoever calls. */
export function hintsHere(
  { ports, actor }: Pick<Context, "ports" | "actor">,
  { view }: Pick<Ledger, "view">,
): Hints {
  const reader = { by: actor, role: ports.env.get("GT_ROLE") };
  return createHints({ view, isTown: rootHere(ports) !== undefined, reader });
}

/** The run of a bead that is one, as it is now. @throws {CommandError} `run_unreadable`. */
export function openOf(view: View, { key }: Pick<Bead, "key">, reading: Reading = {}): OpenRun {
  const open = readRun(view, key, reading);
  if (!open) throw withoutBeginning(key);
  return open;
}

/**
 * The bead of the run a person means: by id, by the id of one of its beads, or by the name of its molecule, of which it is
 * the latest.
 *
 * Without a name it is the latest of all. @throws {CommandError} `run_not_found`.
 */
export function findRunBead(view: View, name: string | undefined): Bead {
  const bead = name === undefined ? latestRun(view) : runByName(view, name);
  if (bead) return bead;
  throw new CommandError(
    "refused",
    name === undefined
      ? "Cannot find a run: there is none"
      : `Cannot find run "${name}": there is none of that id or molecule`,
    { code: "run_not_found", hints: ["gt mol status --all", "gt mol run FILE"] },
  );
}

function runByName(view: View, name: string): Bead | undefined {
  const latest = latestRun(view, { molecule: name });
  if (latest) return latest;
  const bead = beadNamed(view, name);
  if (!bead) return latestRun(view, { molecule: name, nested: true });
  if (summaryOf(bead)) return bead;
  const link = stepOfBead(bead);
  return link && view.beadByKey(link.run as Bead["key"]);
}

function beadNamed(view: View, name: string): Bead | undefined {
  try {
    return resolveBead(view, name);
  } catch (error) {
    if (error instanceof CommandError && error.code === "bead_not_found") return undefined;
    throw error;
  }
}

/** The latest run of a molecule, or of any, that is no part of another; or, if `nested`, that is one. */
export function latestRun(
  view: View,
  { molecule, nested = false }: { molecule?: string; nested?: boolean } = {},
): Bead | undefined {
  return view.beads("issue_type = 'molecule' AND status <> 'tombstone' ORDER BY created DESC, id DESC")
    .find((bead) => {
      const summary = summaryOf(bead);
      return summary && (summary.parent !== undefined) === nested &&
        (molecule === undefined || summary.molecule === molecule);
    });
}

/** The id of a run's bead now. */
export function runId(view: View, open: OpenRun): string {
  return view.beadByKey(open.key)?.id ?? open.key;
}
