/**
 * The town: its folder, its configuration, its rigs, and what keeps them in order.
 *
 * It may touch the ledger, git and the files of the town; it knows nothing of attempts or merges.
 *
 * @module
 */
import { join, relative, sep } from "node:path";

/** Where the parts of a rig are; every path is absolute. */
export interface RigPaths {
  /** `rigs/<name>`. */
  readonly root: string;
  /** The shared bare repository all worktrees of the rig hang on. */
  readonly repository: string;
  /** The folder of the workers' worktrees. */
  readonly workers: string;
  /** The refinery's own worktree. */
  readonly refinery: string;
  /** The worktree of worker `n`. */
  worker(n: number | string): string;
  /** The worktree of a member of the crew. */
  crew(name: string): string;
}

/** Where the parts of a town are; every path is absolute. */
export interface TownPaths {
  readonly root: string;
  /** `town.yaml`. */
  readonly config: string;
  /** The ledger's folder. */
  readonly beads: string;
  /** The town's own workflows. */
  readonly molecules: string;
  /** Declarative convoys. */
  readonly convoys: string;
  /** `.gt`: what lives only on this machine and may be deleted while nothing runs. */
  readonly runtime: string;
  readonly logs: string;
  /** The file that says `up` or `down`. */
  readonly desired: string;
  /** Links to this program, first in the PATH of every session. */
  readonly bin: string;
  /** SQLite files whose locks die with their process. */
  readonly locks: string;
  readonly tmuxConf: string;
  /** The folder of all rigs. */
  readonly rigs: string;
  rig(name: string): RigPaths;
}

/** The file whose presence, beside a ledger, makes a folder a town. */
export const configName = "town.yaml";

/** The paths of the town at an absolute folder; nothing is looked up. */
export function townPaths(root: string): TownPaths {
  const runtime = join(root, ".gt");
  const rigs = join(root, "rigs");
  return {
    root,
    config: join(root, configName),
    beads: join(root, ".beads"),
    molecules: join(root, "molecules"),
    convoys: join(root, "convoys"),
    runtime,
    logs: join(runtime, "logs"),
    desired: join(runtime, "desired"),
    bin: join(runtime, "bin"),
    locks: join(runtime, "locks"),
    tmuxConf: join(runtime, "tmux.conf"),
    rigs,
    rig: (name) => rigPaths(join(rigs, name)),
  };
}

function rigPaths(root: string): RigPaths {
  const workers = join(root, "workers");
  return {
    root,
    repository: join(root, "repo.git"),
    workers,
    refinery: join(root, "refinery"),
    worker: (n) => join(workers, String(n)),
    crew: (name) => join(root, "crew", name),
  };
}

/** The rig, and the worktree in it, that a folder is in; empty outside all rigs. */
export interface Place {
  rig?: string;
  /** Number of the worker whose worktree it is. */
  worker?: string;
  crew?: string;
  refinery?: true;
}

/** Says where in the town an absolute folder is. Compares names only: resolve links first. */
export function placeOf(paths: TownPaths, folder: string): Place {
  const [rig, area, name] = relative(paths.rigs, folder).split(sep);
  if (!rig || rig === ".." || folder === paths.rigs) return {};
  if (area === "workers" && name) return { rig, worker: name };
  if (area === "crew" && name) return { rig, crew: name };
  return area === "refinery" ? { rig, refinery: true } : { rig };
}
