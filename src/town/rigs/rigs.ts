import { join } from "node:path";
import { createGit, type Git, type Repository } from "../../git/git.ts";
import { isLocalRemote, requireRemote } from "../../git/remote.ts";
import { createRepository, openRepository, originUrl } from "../../git/repository.ts";
import { requireGit } from "../../git/version.ts";
import type { ImportSummary } from "../../ledger/import.ts";
import { CommandError } from "../../lib/errors.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { faultPoint } from "../../ports/fault.ts";
import { type Lock, waitForLock } from "../../ports/lock.ts";
import type { RigConfig, TownConfig } from "../config/config.ts";
import { editConfig } from "../config/config_edit.ts";
import { wakeLoops } from "../desired.ts";
import { findBeads, takeBeads } from "./rig_beads.ts";
import { planRig, requireRigName, type RigOrder } from "./rig_plan.ts";
import { remoteUrl } from "./rig_remote.ts";
import { renewTmuxConf } from "../tmux_conf.ts";
import { rigConfig, type Town } from "../town.ts";

/** What came of adding a rig. */
export interface RigAdded {
  name: string;
  rig: RigConfig;
  /** Whether it was there before. */
  existed: boolean;
  /** The beads its repository brought, and where they were. */
  beads?: { source: string; summary: ImportSummary } | undefined;
}

/** The shared bare repository of a rig. */
export function rigRepository(town: Town, name: string): Repository {
  return openRepository(createGit(town.ports), town.paths.rig(name).repository);
}

/**
 * Puts a repository under management: its bare clone, the beads it brings, and, last, its entry in town.yaml.
 *
 * Whatever was done before a kill is found again and completed by the same call; a refusal leaves nothing behind.
 *
 * @throws {CommandError} saying what is wrong with the name, the remote, the branch or the settings.
 */
export async function addRig(
  town: Town,
  order: RigOrder & { withoutBeads?: boolean },
): Promise<RigAdded> {
  requireRigName(order.name);
  const git = createGit(town.ports);
  await requireGit(git);
  const lock = await lockRig(town, order.name);
  try {
    const config = await town.config();
    if (Object.hasOwn(config.rigs, order.name)) return await completeRig(town, { git, config, order });
    return await makeRig(town, { git, config, order });
  } finally {
    lock.release();
  }
}

/** Holds off whoever else adds or removes this rig. @throws {CommandError} `rig_busy`. */
export async function lockRig(town: Town, name: string): Promise<Lock> {
  const lock = await waitForLock(town.ports.clock, { file: join(town.paths.locks, `rig-${name}.lock`) });
  if (lock) return lock;
  throw new CommandError("refused", `Cannot change rig "${name}": another process is at it`, {
    code: "rig_busy",
    hints: ["Try again in a moment"],
  });
}

interface Addition {
  git: Git;
  config: TownConfig;
  order: RigOrder & { withoutBeads?: boolean };
}

async function makeRig(town: Town, { git, config, order }: Addition): Promise<RigAdded> {
  const { name } = order;
  const url = remoteUrl(town, order);
  const remote = await requireRemote(git, { url });
  const branch = order.branch ?? remote.defaultBranch;
  if (branch === undefined || !remote.branches.has(branch)) {
    throw branchMissing(order, [...remote.branches.keys()]);
  }
  // Refuses what is wrong with the order before anything is made.
  planRig(config, { order, defaultBranch: branch });
  const repository = await clone(town, { git, name, url });
  faultPoint("rig-cloned");
  const beads = order.withoutBeads ? undefined : await findBeads(town, { repository, branch });
  const rig = planRig(config, { order, defaultBranch: branch, suggested: beads?.prefix });
  const summary = beads && takeBeads(town, { rig: name, beads });
  faultPoint("rig-imported");
  await editConfig(town.ports, { paths: town.paths, change: (edit) => edit.set(["rigs", name], rig) });
  faultPoint("rig-added");
  await renewTmuxConf(town);
  wakeLoops(town.ports, town.paths);
  return {
    name,
    rig: rigConfig(await town.config(), name),
    existed: false,
    beads: beads && summary && { source: beads.source, summary },
  };
}

/** A clone that fails leaves nothing behind, unless it was there before. */
async function clone(town: Town, options: { git: Git; name: string; url: string }): Promise<Repository> {
  const { git, name, url } = options;
  const { repository: folder, root } = town.paths.rig(name);
  const { files } = town.ports;
  const present = files.list(root).length > 0;
  if (present) {
    const origin = await originUrl(openRepository(git, folder));
    if (origin !== undefined && origin !== url) {
      throw new CommandError(
        "refused",
        `Cannot add rig "${name}": "${root}" holds a repository of ${origin}`,
        {
          code: "folder_taken",
          hints: [`gt rig remove ${name}`, "or choose another name"],
        },
      );
    }
  }
  try {
    return await createRepository(git, { folder, url });
  } catch (error) {
    if (!present) files.remove(root);
    throw error;
  }
}

function branchMissing(order: RigOrder, branches: string[]): CommandError {
  const wanted = order.branch;
  const some = branches.slice(0, 8).join(", ") + (branches.length > 8 ? ", …" : "");
  const message = wanted === undefined
    ? `Cannot add rig "${order.name}": its remote does not say which branch is the main one`
    : `Cannot add rig "${order.name}": its remote has no branch "${wanted}"`;
  return new CommandError("refused", message, {
    code: "branch_missing",
    hints: [
      `branches there: ${some}`,
      `gt rig add ${quoteWords([order.name, order.url, "--branch", branches[0] ?? "main"])}`,
    ],
  });
}

/** A rig that is there already: refuses another order, and otherwise makes what is missing of it. */
async function completeRig(town: Town, { git, config, order }: Addition): Promise<RigAdded> {
  const { name } = order;
  const rig = rigConfig(config, name);
  const asked: [string, string | undefined, string][] = [
    ["url", remoteUrl(town, order), remoteUrl(town, rig)],
    ["prefix", order.prefix, rig.prefix],
    ["branch", order.branch, rig.branch],
    ["merge", order.merge, rig.merge],
    ["agent", order.agent, rig.agent ?? "not set"],
  ];
  for (const [key, wanted, present] of asked) {
    if (wanted === undefined || wanted === present) continue;
    throw new CommandError(
      "refused",
      `Cannot add rig "${name}": it is there already, with ${key} ${present}`,
      {
        code: "rig_exists",
        hints: key === "url"
          ? ["Choose another name, or first: gt rig remove " + name]
          : [`gt config set rigs.${name}.${key} ${wanted}`],
      },
    );
  }
  await createRepository(git, { folder: town.paths.rig(name).repository, url: remoteUrl(town, rig) });
  await renewTmuxConf(town);
  return { name, rig, existed: true };
}

/** Takes in the beads of a rig's repository again. @throws {CommandError} `no_beads` when it brings none. */
export async function importRigBeads(
  town: Town,
  name: string,
): Promise<{ source: string; summary: ImportSummary }> {
  const rig = rigConfig(await town.config(), name);
  const repository = await createRepository(createGit(town.ports), {
    folder: town.paths.rig(name).repository,
    url: remoteUrl(town, rig),
  });
  const beads = await findBeads(town, { repository, branch: rig.branch });
  if (beads) return { source: beads.source, summary: takeBeads(town, { rig: name, beads }) };
  throw new CommandError("refused", `Cannot import from rig "${name}": its repository brings no beads`, {
    code: "no_beads",
    hints: [
      `Neither refs/beads/* nor .beads/issues.jsonl on ${rig.branch} exists; from a file: bd import FILE`,
    ],
  });
}

/** Whether a rig's remote is a folder of this machine with a checkout, whose files follow each merge. */
export function hasCheckout(town: Town, rig: Pick<RigConfig, "url">): boolean {
  const url = remoteUrl(town, rig);
  return isLocalRemote(url) && town.ports.files.exists(join(url.replace(/^file:\/\//, ""), ".git"));
}
