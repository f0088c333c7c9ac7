import { type CacheKey, cacheKey } from "./cache_key.ts";
import { attemptPath, runFolder } from "./command_files.ts";
import type { Span } from "./lane_records.ts";
import type { Lanes } from "./lanes.ts";
import type { Order, PerformDeps } from "../steps/performance.ts";
import { keepResult, keptResult } from "./step_cache.ts";
import { runName, stepKey } from "../journal/step_at.ts";

/** A command that may have been run before. */
export interface CachedCommand {
  deps: PerformDeps & { lanes: Lanes };
  order: Pick<Order, "open" | "step" | "scope">;
  name: string;
  /** Whether its output is kept apart from its errors. */
  apart: boolean;
  /** Whether nobody waits for it any more. */
  stop(): boolean;
}

/**
 * Takes what a command printed from where it ran before with the same inputs: the records of the run then tell of it as
 * of one that has just ended. False when it is to be run.
 */
export async function tookFromCache(command: CachedCommand): Promise<boolean> {
  const { deps: { ports: { files }, ledger, lanes, fresh }, name, apart, stop } = command;
  const found = await cacheKey(command.deps, command);
  if (!found || stop()) return false;
  const result = "key" in found && !fresh ? keptResult({ files, ledger }, found.key) : undefined;
  if (result) lanes.restore(name, { ...result, apart });
  // What it is given may be something else once it has run, and another driver may have to know.
  else files.writeText(keyPath(command), JSON.stringify(found), { mode: 0o600 });
  return result !== undefined;
}

/** Keeps what a command has printed, unless it was given something else than stands there now; says why not. */
export async function keepInCache(
  command: CachedCommand,
  { spans, most }: { spans: { log: Span; output: Span }; most: number },
): Promise<string | undefined> {
  const { deps, order: { open, step } } = command;
  const { ports: { files }, ledger } = deps;
  const begun = readKey(command);
  if (!begun) return undefined;
  if ("why" in begun) return begun.why;
  const now = await cacheKey(deps, command);
  if (!now) return undefined;
  if ("why" in now) return now.why;
  if (now.key !== begun.key) return "what its paths hold has changed while it ran";
  const end = ({ path, from }: Span) => {
    const size = files.stat(path)?.size ?? 0;
    return files.readPart(path, { from: Math.max(from, size - most), most })?.text ?? "";
  };
  const result = { from: stepKey(open, step), output: end(spans.output), log: end(spans.log) };
  keepResult({ files, ledger }, { key: now.key, result });
  return undefined;
}

/** What a command was given when it began; asked once. */
function readKey(command: CachedCommand): CacheKey | undefined {
  const { files } = command.deps.ports;
  const text = files.readText(keyPath(command));
  forgetKey(command);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a command was given when it began is needed no more. */
export function forgetKey(command: Pick<CachedCommand, "deps" | "order" | "name">): void {
  command.deps.ports.files.remove(keyPath(command));
}

function keyPath(
  { deps: { ledger }, order: { open }, name }: Pick<CachedCommand, "deps" | "order" | "name">,
): string {
  return attemptPath(runFolder(ledger.folder, runName(open.key)), { name, suffix: "key" });
}
