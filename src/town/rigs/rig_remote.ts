import { join, resolve } from "node:path";
import { isLocalRemote } from "../../git/remote.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Ports } from "../../ports/ports.ts";
import type { RigConfig } from "../config/config.ts";
import type { Town } from "../town.ts";

/** What a person gave as a remote, as it is written into town.yaml: a URL as it is, a folder by its absolute real path. */
export function readRemote(town: Town, written: string): string {
  if (written.startsWith("-") || written.trim() === "") {
    throw new CommandError("usage", `Cannot use "${written}": it is neither a URL nor a path`, {
      code: "bad_remote",
    });
  }
  if (!isFolder(written)) return written;
  const path = absolute(town.ports, written, town.ports.env.cwd());
  const found = town.ports.files.realPath(path);
  if (found === undefined) {
    throw new CommandError("refused", `Cannot use "${path}": there is no such folder`, {
      code: "not_a_repository",
      hints: ["Give the folder of a repository, or its URL"],
    });
  }
  if (found === town.root || `${found}/`.startsWith(`${town.paths.rigs}/`)) {
    throw new CommandError("refused", `Cannot use "${found}": it belongs to this town`, {
      code: "remote_in_town",
      hints: ["Give the repository that the work is to land in"],
    });
  }
  return found;
}

/** The URL that git is called with: town.yaml may say `~/code/csm`, or a path from the town's folder. */
export function remoteUrl(town: Pick<Town, "ports" | "root">, rig: Pick<RigConfig, "url">): string {
  return isFolder(rig.url) ? absolute(town.ports, rig.url, town.root) : rig.url;
}

function isFolder(url: string): boolean {
  return isLocalRemote(url) && !url.startsWith("file://");
}

function absolute(ports: Pick<Ports, "env">, path: string, from: string): string {
  if (path === "~") return ports.env.home();
  return path.startsWith("~/") ? join(ports.env.home(), path.slice(2)) : resolve(from, path);
}
