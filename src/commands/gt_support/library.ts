import { basename, dirname, isAbsolute, join, relative } from "node:path";
import type { JsonObject } from "../../lib/json.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Definition } from "../../molecules/definition.ts";
import type { Library, Listed } from "../../molecules/library.ts";
import { townPaths } from "../../town/paths.ts";
import { rootHere } from "../../town/town.ts";

/** The molecules of the town the call is about, else of the repository; only the built-in ones outside of both. */
export function libraryHere(ports: Ports): Library {
  const root = rootHere(ports);
  const folder = root === undefined ? folderAbove(ports, ports.env.cwd()) : townPaths(root).molecules;
  return folder === undefined ? { ports } : { ports, folder };
}

/** The folder `molecules` beside the call or above it, within its repository. */
function folderAbove({ files }: Ports, cwd: string): string | undefined {
  for (let at = cwd;; at = dirname(at)) {
    const folder = basename(at) === "molecules" ? at : join(at, "molecules");
    if (files.kind(folder) === "folder" && files.list(folder).some((name) => name.endsWith(".yaml"))) {
      return folder;
    }
    if (files.exists(join(at, ".git")) || at === dirname(at)) return undefined;
  }
}

/** A path as somebody in this folder would write it. */
export function shownPath(ports: Ports, path: string): string {
  if (!isAbsolute(path)) return path;
  const from = relative(ports.env.cwd(), path);
  return from === "" || from.startsWith("..") || isAbsolute(from) ? path : from;
}

/** A row of `gt mol list --json`. */
export function listedShape(listed: Listed): JsonObject {
  const { name, source } = listed;
  if ("error" in listed) {
    const { message, code, hints } = listed.error;
    return { name, source, error: { message, code, hints: [...hints] } };
  }
  const { version, description, steps, vars } = listed.definition;
  return {
    ...{ name, type: "workflow", source, version, steps: steps.length, vars: vars.length },
    ...(description === undefined ? {} : { description }),
  };
}

/** What `gt mol show --json` gives: the complete definition, titles and texts as they were written. */
export function moleculeShape(definition: Definition): JsonObject {
  const { name, ...rest } = definition;
  return { molecule: name, ...(plain(rest) as JsonObject) };
}

/** Templates as their texts and expressions as their sources. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const { text, source, ...rest } = value as { text?: unknown; source?: unknown };
  const others = Object.keys(rest);
  if (typeof text === "string" && others.every((key) => key === "places")) return text;
  if (typeof source === "string" && others.every((key) => key === "place")) return source;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
