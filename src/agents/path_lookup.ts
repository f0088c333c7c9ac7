import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Ports } from "../ports/ports.ts";

/** Finds a program the way a shell does, without running anything; returns its absolute path. */
export function findProgram(ports: Pick<Ports, "env" | "files">, command: string): string | undefined {
  const { env, files } = ports;
  const candidates = command.includes("/")
    ? [expandHome(ports, command)]
    : (env.get("PATH") ?? "").split(delimiter).filter(isAbsolute).map((folder) => join(folder, command));
  return candidates.map((path) => resolve(env.cwd(), path)).find((path) => files.isExecutable(path));
}

function expandHome(ports: Pick<Ports, "env">, path: string): string {
  return path.startsWith("~/") ? join(ports.env.home(), path.slice(2)) : path;
}
