import { basename, dirname, join } from "node:path";
import { createGit } from "../git/git.ts";
import { requireGit } from "../git/version.ts";
import { CommandError } from "../lib/errors.ts";
import { faultPoint } from "../ports/fault.ts";
import { waitForLock } from "../ports/lock.ts";
import type { Ports } from "../ports/ports.ts";
import { binLinks } from "./bin_links.ts";
import { prefixPattern } from "./names.ts";
import { townPaths } from "./paths.ts";
import { tmuxConf } from "./tmux_conf.ts";
import { type Town, townAbove, townAt } from "./town.ts";
import { townFile, writeTownFile } from "./town_file.ts";
import { folders, ignoreFile, schemaFile } from "./town_files.ts";
import { townLedger } from "./town_ledger.ts";
import type { TownPart } from "./town_part.ts";
import { townRepository } from "./town_repository.ts";

/** What a town is made of, in the order in which it is made. town.yaml is first: from then on it is a town. */
export const townParts: readonly TownPart[] = [
  townFile,
  ignoreFile,
  folders,
  townRepository,
  townLedger,
  binLinks,
  tmuxConf,
  schemaFile,
];

/** What to install. */
export interface InstallOrder {
  /** Absolute. */
  path: string;
  /** The folder's name by default. */
  name?: string | undefined;
  /** `hq` by default. */
  prefix?: string | undefined;
  /** The git remote of the ledger. */
  remote?: string | undefined;
  /** Use a folder that holds other things. */
  force?: boolean;
}

/** What was installed. */
export interface Installed {
  town: Town;
  /** Whether it was a town before. */
  existed: boolean;
  /** Names of the parts that were made. */
  made: string[];
}

/**
 * Makes a folder a town, or completes one that is; running it again after a kill completes it.
 *
 * @throws {CommandError} `folder_in_use`, `folder_is_repository`, `inside_a_town`, `town_differs`, and what git or the disk refuse.
 */
export async function installTown(ports: Ports, order: InstallOrder): Promise<Installed> {
  const paths = townPaths(order.path);
  const existed = ports.files.exists(paths.config);
  if (!existed) requireFreeFolder(ports, order);
  if (order.prefix !== undefined) requirePrefix(order.prefix);
  await requireGit(createGit(ports));
  ports.files.makeFolder(paths.locks);
  const root = ports.files.realPath(order.path) ?? order.path;
  const town = townAt(ports, root);
  const lock = await waitForLock(ports.clock, { file: join(paths.locks, "install.lock") });
  if (!lock) {
    throw new CommandError("refused", `Cannot install "${root}": another process is installing it`, {
      code: "install_busy",
    });
  }
  try {
    if (ports.files.exists(town.paths.config)) await requireSame(town, order);
    else {
      const { name = basename(root), prefix = "hq", remote } = order;
      await writeTownFile(town, { name, prefix, remote });
    }
    return { town, existed, made: await makeMissing(town) };
  } finally {
    lock.release();
  }
}

async function makeMissing(town: Town): Promise<string[]> {
  const made: string[] = [];
  for (const part of townParts) {
    faultPoint(`install-${part.name}`);
    if ((await part.look(town)).condition === "ok" || !part.make) continue;
    await part.make(town);
    made.push(part.name);
  }
  return made;
}

/** What an interrupted installation can leave in a folder before it is a town. */
const leftovers = /^(\.gt|\.\d+\.\d+\.tmp)$/;

function requireFreeFolder(ports: Ports, { path, force }: InstallOrder): void {
  const { files } = ports;
  const outer = townAbove(ports, nearestFolder(ports, dirname(path)));
  if (outer !== undefined) {
    throw new CommandError("refused", `Cannot install "${path}": it is inside the town "${outer}"`, {
      code: "inside_a_town",
      hints: ["One town manages many repositories: gt rig add NAME URL-or-path"],
    });
  }
  if (files.stat(path) === undefined || force) return;
  const entries = files.list(path).filter((name) => !leftovers.test(name));
  if (entries.includes(".git") || ["HEAD", "objects", "refs"].every((name) => entries.includes(name))) {
    throw new CommandError("refused", `Cannot install "${path}": it is a git repository of its own`, {
      code: "folder_is_repository",
      hints: [
        "A town stands beside the repositories it manages, so that nothing of it lands in their commits",
        `gt install "${path}-town"   then, in there:   gt rig add NAME "${path}"`,
        "--force makes it a town all the same",
      ],
    });
  }
  if (entries.length > 0) {
    const some = entries.slice(0, 3).join(", ") + (entries.length > 3 ? ", …" : "");
    throw new CommandError("refused", `Cannot install "${path}": the folder holds ${some}`, {
      code: "folder_in_use",
      hints: ["Name a new folder, or give --force to keep what is there and add the town's files"],
    });
  }
}

function nearestFolder(ports: Ports, path: string): string {
  let at = path;
  while (ports.files.stat(at) === undefined && at !== dirname(at)) at = dirname(at);
  return at;
}

function requirePrefix(prefix: string): void {
  if (prefixPattern.test(prefix)) return;
  throw new CommandError(
    "usage",
    `Cannot use prefix "${prefix}": it has other characters than a-z, 0-9 and -`,
    {
      code: "bad_prefix",
      hints: ["A prefix begins with a letter: --prefix hq"],
    },
  );
}

async function requireSame(town: Town, { name, prefix, remote }: InstallOrder): Promise<void> {
  const config = await town.config();
  const asked: [string, string | undefined, string | undefined][] = [
    ["town", name, config.town],
    ["prefix", prefix, config.prefix],
    ["sync.remote", remote, config.sync.remote],
  ];
  for (const [key, wanted, present] of asked) {
    if (wanted === undefined || wanted === present) continue;
    throw new CommandError(
      "refused",
      `Cannot install "${town.root}": it is a town already, with ${key} ${present ?? "not set"}`,
      { code: "town_differs", hints: [`gt --town "${town.root}" config set ${key} ${wanted}`] },
    );
  }
}
