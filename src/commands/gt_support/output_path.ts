import { basename, join, resolve } from "node:path";
import type { Ports } from "../../ports/ports.ts";

/** Where the result is written: a file, or NAME.yaml in a folder that exists. */
export function outputPath(ports: Ports, options: { given: string; name: string }): string {
  const path = resolve(ports.env.cwd(), options.given);
  return ports.files.kind(path) === "folder" ? join(path, `${options.name}.yaml`) : path;
}

/** The name that a molecule in this file must have; undefined where the file's name is none. */
export function nameOfFile(ports: Ports, given: string): string | undefined {
  if (ports.files.kind(resolve(ports.env.cwd(), given)) === "folder") return undefined;
  const name = basename(given).replace(/\.ya?ml$/, "");
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? name : undefined;
}
