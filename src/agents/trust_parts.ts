import { join, sep } from "node:path";
import type { TownConfig } from "../town/config/config.ts";
import type { Town } from "../town/town.ts";
import { type Finding, ok, type TownPart, warn } from "../town/town_part.ts";
import { claudeStatePath, forgetFolders, trustedFolders } from "./claude_trust.ts";

type Variables = Readonly<Record<string, string>>;

/** Folders of the town that one file of Claude Code says are trusted. */
export interface TownTrust {
  /** The file. */
  path: string;
  folders: string[];
  /** The variables by which the client finds the file. */
  env: Variables;
}

/** What Claude Code was told to trust for the sake of places in this town that are no more. */
export const trustParts: readonly TownPart[] = [{
  name: "trust of Claude Code",
  look: async (town) => lookAtTrust(await staleTrust(town)),
  async make(town) {
    await forgetTrust(town, await staleTrust(town));
  },
}];

function lookAtTrust(stale: readonly TownTrust[]): Finding {
  const gone = stale.flatMap(({ folders }) => folders);
  return gone.length === 0 ? ok("only of what is there") : warn(`folders are gone: ${gone.join(", ")}`);
}

/** All that Claude Code was told to trust in the town, by file. */
export async function trustOfTown(town: Town): Promise<TownTrust[]> {
  const config = await town.config().catch(() => undefined);
  const found = new Map<string, TownTrust>();
  for (const env of environments(config)) {
    const path = claudeStatePath(town.ports, env);
    const folders = trustedFolders(town.ports, { below: town.root, env });
    if (folders.length > 0) found.set(path, { path, folders, env });
  }
  return [...found.values()];
}

/** Takes trust out of Claude Code's files again. @throws {CommandError} for a file that cannot be changed. */
export async function forgetTrust(town: Town, trust: readonly TownTrust[]): Promise<void> {
  for (const { folders, env } of trust) await forgetFolders(town.ports, { folders, env });
}

/** Worktrees of workers come and go under the same names: what counts is whether their rig is there. */
async function staleTrust(town: Town): Promise<TownTrust[]> {
  const { files } = town.ports;
  const isStale = (folder: string): boolean => {
    const workers = /^(.*[/\\]workers)[/\\]\d+$/.exec(folder)?.[1];
    const needed = workers === undefined || !folder.startsWith(town.paths.rigs + sep)
      ? folder
      : join(workers, "..");
    return !files.exists(needed);
  };
  return (await trustOfTown(town))
    .map((trust) => ({ ...trust, folders: trust.folders.filter(isStale) }))
    .filter(({ folders }) => folders.length > 0);
}

/** An agent may be given a home of its own. */
function environments(config: TownConfig | undefined): Variables[] {
  return [{}, ...Object.values(config?.agents ?? {}).map(({ env }) => env ?? {})];
}
