import { basename, join, resolve } from "node:path";
import type { Ports } from "../../ports/ports.ts";

/** Where the result is written: a file, or NAME.yaml in a folder, which need not be there yet. */
export function outputPath(ports: Ports, options: { given: string; name: string }): string {
  const path = resolve(ports.env.cwd(), options.given);
  return isFolder(ports, path) ? join(path, `${options.name}.yaml`) : path;
}

/** The name that a molecule in this file must have; undefined where the file's name is none. */
export function nameOfFile(ports: Ports, given: string): string | undefined {
  if (isFolder(ports, resolve(ports.env.cwd(), given))) return undefined;
  const name = basename(given).replace(/\.ya?ml$/, "");
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? name : undefined;
}

/** A molecule would not be found in a file that is called otherwise. */
function isFolder({ files }: Ports, path: string): boolean {
  const real = files.realPath(path);
  return real === undefined ? !/\.ya?ml$/.test(path) : files.kind(real) === "folder";
}
