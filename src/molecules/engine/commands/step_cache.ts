import { join } from "node:path";
import { sha256 } from "../../../ledger/hash.ts";
import type { Ledger } from "../../../ledger/ledger.ts";
import type { Files } from "../../../ports/files.ts";

/** What a command that succeeded has printed, kept for whoever is to do the same. */
export interface KeptResult {
  /** Name of the attempt that printed it: `<run>/<step>/<attempt>`. */
  from: string;
  /** The end of both of its streams; of all in `log` where they were not kept apart. */
  output: string;
  log: string;
}

/** What keeping results needs. */
export interface CacheDeps {
  files: Files;
  ledger: Pick<Ledger, "folder">;
}

/** The most that is kept of all: entries, and bytes of them. */
const MOST = { entries: 1_000, bytes: 64 * 1024 * 1024 };

/** Where results are kept: on this machine, and no part of what is shared. */
function folderOf({ folder }: Pick<Ledger, "folder">): string {
  return join(folder, "local", "steps");
}

function pathOf({ ledger }: CacheDeps, key: string): string {
  return join(folderOf(ledger), `${key}.json`);
}

/** The result of the same work, if it is kept whole; a broken one is thrown away. */
export function keptResult(deps: CacheDeps, key: string): KeptResult | undefined {
  const { files } = deps;
  const path = pathOf(deps, key);
  try {
    const text = files.readText(path);
    if (text === undefined) return undefined;
    const { sum, result } = JSON.parse(text) as { sum: string; result: KeptResult };
    if (sum === sumOf(key, result)) return result;
  } catch {
    // It is as good as none.
  }
  forget(files, path);
  return undefined;
}

/** Keeps a result; the oldest ones make room for it. What cannot be written is not kept. */
export function keepResult(
  deps: CacheDeps,
  { key, result, most = MOST }: { key: string; result: KeptResult; most?: typeof MOST },
): void {
  const { files } = deps;
  const path = pathOf(deps, key);
  try {
    files.writeText(path, JSON.stringify({ sum: sumOf(key, result), result }), { mode: 0o600 });
    makeRoom(deps, { path, most });
  } catch {
    // The work is done; that it has to be done again some time is no failure.
  }
}

function sumOf(key: string, { from, output, log }: KeptResult): string {
  return sha256(JSON.stringify([key, from, output, log]));
}

function makeRoom(
  { files, ledger }: CacheDeps,
  { path: own, most }: { path: string; most: typeof MOST },
): void {
  const folder = folderOf(ledger);
  const others = files.list(folder).map((name) => join(folder, name)).filter((path) => path !== own)
    .flatMap((path) => ({ path, ...files.stat(path) ?? { size: 0, modified: 0 } }))
    .sort((one, other) => other.modified - one.modified);
  let bytes = files.stat(own)?.size ?? 0;
  for (const [at, { path, size }] of others.entries()) {
    bytes += size;
    if (at + 1 >= most.entries || bytes > most.bytes) forget(files, path);
  }
}

function forget(files: Files, path: string): void {
  try {
    files.remove(path);
  } catch {
    // Nobody reads it all the same.
  }
}
