import { join, relative, resolve } from "node:path";
import { sha256 } from "../../../ledger/hash.ts";
import type { Files } from "../../../ports/files.ts";
import type { Template } from "../../definition.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";

/** Version of what a key is made of: entries of another are never found. */
const VERSION = 1;
/** More files than this are not compared. */
const MOST_FILES = 50_000;
/** What changes by itself, and is no input of any command. */
const LEFT_OUT = new Set([".git", ".beads"]);

/** What tells the same work from any other; `why` there is no telling. */
export type CacheKey = { key: string } | { why: string };

/** Works out what a command is given: its texts, and what its paths hold now; undefined when `stop` says so. */
export async function cacheKey(
  { ports: { files }, language, folder }: Pick<PerformDeps, "ports" | "language" | "folder">,
  { order, apart, stop }: { order: Pick<Order, "open" | "step" | "scope">; apart: boolean; stop(): boolean },
): Promise<CacheKey | undefined> {
  const { open: { begun }, scope, step: { definition: { action, cache, env, secrets } } } = order;
  if (action.kind !== "run" || !cache) return undefined;
  const fill = (template: Template) => language.fill(template, scope);
  const cwd = join(begun.folder, action.cwd ? fill(action.cwd) : ".");
  const given = {
    version: VERSION,
    key: fill(cache.key),
    command: fill(action.command),
    cwd,
    stdin: action.stdin && fill(action.stdin),
    env: Object.entries(env).map(([name, value]) => [name, fill(value)]).sort(),
    secrets: [...secrets].sort(),
    apart,
  };
  const around = join(folder, relative(begun.folder, cwd));
  const walk: Walk = { files, around, found: [], stop };
  try {
    for (const path of cache.paths) {
      await look(walk, { path: resolve(around, fill(path).trim()), follow: true });
    }
  } catch (error) {
    if (error === STOPPED) return undefined;
    return { why: (error as Error).message };
  }
  return { key: sha256(JSON.stringify([given, walk.found])) };
}

interface Walk {
  files: Pick<Files, "hash" | "isExecutable" | "kind" | "list" | "realPath">;
  /** The folder in which the command runs. */
  around: string;
  /** Path, kind and content of everything there is, in order. */
  found: string[][];
  stop(): boolean;
}

const STOPPED = new Error("nobody waits for it any more");

/** Notes what stands at a path, and below it; a link below it stands for the file that it leads to. */
async function look(walk: Walk, { path, follow = false }: { path: string; follow?: boolean }): Promise<void> {
  const { files, around, found } = walk;
  if (walk.stop()) throw STOPPED;
  const name = relative(around, path);
  if (found.length >= MOST_FILES) {
    throw new Error(`"${name}" and what comes before are more than ${MOST_FILES} files`);
  }
  const kind = files.kind(path);
  switch (kind) {
    case "folder":
      found.push([name, kind]);
      for (const each of files.list(path)) {
        if (!LEFT_OUT.has(each)) await look(walk, { path: join(path, each) });
      }
      return;
    case "link": {
      const target = files.realPath(path);
      found.push([name, kind, target === undefined ? "" : relative(around, target)]);
      if (target !== undefined && (follow || files.kind(target) === "file")) {
        await look(walk, { path: target });
      }
      return;
    }
    case "file":
      found.push([name, kind, await files.hash(path) ?? "gone", files.isExecutable(path) ? "x" : ""]);
      return;
    default:
      found.push([name, kind ?? "missing"]);
  }
}
