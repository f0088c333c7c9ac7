import { dirname, join, resolve } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { openLedger } from "../ledger/open.ts";
import type { Ports } from "../ports/ports.ts";
import { type RigConfig, type TownConfig } from "./config/config.ts";
import { configName, type Place, placeOf, type TownPaths, townPaths } from "./paths.ts";
import { readConfig } from "./config/read_config.ts";

/** A town in use. Opening it reads nothing; its ledger and configuration are read when they are asked for. */
export interface Town {
  /** Absolute, links resolved. */
  readonly root: string;
  readonly paths: TownPaths;
  readonly ports: Ports;
  /** The ledger, opened at the first use. @throws {CommandError} when it cannot be read. */
  readonly ledger: Ledger;
  /** The configuration, read again whenever the file has changed. @throws {CommandError} when it is not valid. */
  config(): Promise<TownConfig>;
  /** Where in the town the command was called. */
  place(): Place;
  /** Closes the ledger if it was opened. */
  close(): void;
}

/** Opens the town a command is about: GT_TOWN (which `--town` sets), else upwards from the folder it was called in. */
export function openTown(ports: Ports): Town {
  return townAt(ports, findTown(ports));
}

/** Opens the town at a folder that is known to be one. */
export function townAt(ports: Ports, root: string): Town {
  const paths = townPaths(root);
  let ledger: Ledger | undefined;
  let read: { mark: string; config: Promise<TownConfig> } | undefined;
  return {
    root,
    paths,
    ports,
    get ledger() {
      return ledger ??= openLedger(ports, { folder: paths.beads });
    },
    config() {
      const stat = ports.files.stat(paths.config);
      const mark = `${stat?.size}:${stat?.modified}`;
      if (read?.mark !== mark) read = { mark, config: readConfig(ports, paths.config) };
      return read.config;
    },
    place: () => placeOf(paths, realFolder(ports, ports.env.cwd())),
    close() {
      ledger?.close();
      ledger = undefined;
    },
  };
}

/**
 * The root of the town a command is about, links resolved.
 *
 * @throws {CommandError} `town_not_found` outside every town.
 */
export function findTown(ports: Pick<Ports, "env" | "files">): string {
  const given = ports.env.get("GT_TOWN");
  if (given !== undefined) {
    const root = realFolder(ports, resolve(ports.env.cwd(), given));
    if (isTown(ports, root)) return root;
    throw new CommandError("refused", `Cannot use town "${root}": it is not a town`, {
      code: "town_not_found",
      hints: [`GT_TOWN or --town names this folder; make it a town with: gt install "${root}"`],
    });
  }
  const root = townAbove(ports, ports.env.cwd());
  if (root !== undefined) return root;
  throw new CommandError(
    "refused",
    `Cannot find a town: neither "${ports.env.cwd()}" nor a folder above it is one`,
    {
      code: "town_not_found",
      hints: ["gt install PATH makes one; GT_TOWN or --town names one that is elsewhere"],
    },
  );
}

/** The root of the town that GT_TOWN or `--town` names, or that the call was made in; undefined outside of every town. */
export function rootHere(ports: Pick<Ports, "env" | "files">): string | undefined {
  return ports.env.get("GT_TOWN") ?? townAbove(ports, ports.env.cwd());
}

/** The root of the town that a folder is in, links resolved; undefined outside. */
export function townAbove(ports: Pick<Ports, "files">, folder: string): string | undefined {
  for (let at = realFolder(ports, folder);; at = dirname(at)) {
    if (isTown(ports, at)) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Whether a folder is a town: it has the configuration and a ledger. */
export function isTown(ports: Pick<Ports, "files">, folder: string): boolean {
  return ports.files.exists(join(folder, configName)) && ports.files.exists(join(folder, ".beads"));
}

/** The configuration of a rig. @throws {CommandError} `rig_not_found` naming those that exist. */
export function rigConfig(config: TownConfig, name: string): RigConfig {
  const rig = Object.hasOwn(config.rigs, name) ? config.rigs[name] : undefined;
  if (rig) return rig;
  const known = Object.keys(config.rigs);
  throw new CommandError("refused", `Cannot find rig "${name}": there is no such rig`, {
    code: "rig_not_found",
    hints: known.length > 0 ? [`rigs of this town: ${known.join(", ")}`] : ["gt rig add NAME URL-or-path"],
  });
}

function realFolder(ports: Pick<Ports, "files">, folder: string): string {
  return ports.files.realPath(folder) ?? folder;
}
