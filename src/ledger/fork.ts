import type { Json, JsonObject } from "../lib/json.ts";
import { emptyNames } from "./bead_state.ts";
import { isImportKey } from "./fold.ts";
import { sha256OfLines } from "./hash.ts";
import { formatLine, isObject, parseLine } from "./operation.ts";

/** Where a log forks, and the replica that goes on with what comes after. */
export interface Fork {
  replica: string;
  /** Sequence number of the first operation of the new way, and of the last. */
  from: number;
  to: number;
  now: string;
  /** The new keys of beads that were made after the fork, by their old ones. */
  keys: ReadonlyMap<string, string>;
}

/** What becomes of the lines of a log from a fork on; the same lines always give the same new replica. */
export function forkOf(
  lines: () => Iterable<string>,
  { replica, from }: { replica: string; from: number },
): Fork {
  const now = BigInt(`0x${sha256OfLines(lines()).slice(0, 16)}`).toString(36).padStart(13, "0").slice(-10);
  const keys = new Map<string, string>();
  let to = from - 1;
  for (const line of lines()) {
    const parsed = parseLine(line, replica);
    if (typeof parsed === "string") continue;
    const { b, k, sequence } = parsed.operation;
    to = sequence;
    if (k === "create" && !isImportKey(b)) {
      keys.set(b, b.replace(new RegExp(`@${replica}(?=$|\\.)`), `@${now}`));
    }
  }
  return { replica, from, to, now, keys };
}

/**
 * The lines of a log from a fork on as those of another replica.
 *
 * Times, actors and contents stay. Operations are counted from 1, and beads that were made after the fork get keys of
 * their own, since the other way may have made others under the same.
 */
export function* forkedLines(lines: Iterable<string>, fork: Fork): Generator<string> {
  for (const line of lines) {
    const parsed = parseLine(line, fork.replica);
    if (typeof parsed === "string") continue;
    const { operation: { o, t, a, b, k, f }, more } = parsed;
    yield formatLine(
      { o: renamed(o, fork), t, a, b: renamed(b, fork), k, f: moved(f, fork) as JsonObject },
      more,
    );
  }
}

/** What an operation or a bead of the new way is called now; any other text stays. */
function renamed(name: string, { replica, from, to, now, keys }: Fork): string {
  const key = keys.get(name);
  if (key !== undefined || !name.startsWith(`${replica}.`)) return key ?? name;
  const sequence = Number(name.slice(replica.length + 1));
  return sequence >= from && sequence <= to && name === `${replica}.${sequence}`
    ? `${now}.${sequence - from + 1}`
    : name;
}

/** A value in which operations and beads bear their new names, and what was seen is said of both replicas. */
function moved(value: Json, fork: Fork): Json {
  if (typeof value === "string") return renamed(value, fork);
  if (Array.isArray(value)) return value.map((one) => moved(one, fork));
  if (!isObject(value)) return value;
  const result = emptyNames<Json>();
  for (const name in value) {
    const seen = value[name]!;
    if (name === fork.replica && typeof seen === "number" && seen >= fork.from) {
      result[name] = fork.from - 1;
      result[fork.now] = seen - fork.from + 1;
    } else result[name] = moved(seen, fork);
  }
  return result;
}
