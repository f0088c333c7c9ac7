import type { Json, JsonObject } from "../lib/json.ts";
import { sha256 } from "./hash.ts";
import { isImportKey } from "./fold.ts";
import { formatLine, isObject, parseLine } from "./operation.ts";

/** The name of the replica that goes on with some lines; the same lines always give the same name. */
export function forkName(lines: readonly string[]): string {
  return BigInt(`0x${sha256(lines.join("\n")).slice(0, 16)}`).toString(36).padStart(13, "0").slice(-10);
}

/** Where a log forks, and the replica that goes on with what comes after. */
export interface Fork {
  replica: string;
  /** Sequence number of the first operation of the new way. */
  from: number;
  now: string;
}

/**
 * The lines of a log from a fork on as those of another replica.
 *
 * Times, actors and contents stay. Operations are counted from 1, and beads that were made after the fork get keys of
 * their own, since the other way may have made others under the same.
 */
export function forkedLines(lines: readonly string[], fork: Fork): string[] {
  const entries = lines.flatMap((line) => {
    const parsed = parseLine(line, fork.replica);
    return typeof parsed === "string" ? [] : [parsed];
  });
  const names = new Map<string, string>();
  for (const { operation: { o, b, k, sequence } } of entries) {
    names.set(o, `${fork.now}.${sequence - fork.from + 1}`);
    if (k === "create" && !isImportKey(b)) {
      names.set(b, b.replace(new RegExp(`@${fork.replica}(?=$|\\.)`), `@${fork.now}`));
    }
  }
  return entries.map(({ operation: { o, t, a, b, k, f }, more }) =>
    formatLine(
      {
        o: names.get(o)!,
        t,
        a,
        b: names.get(b) ?? b,
        k,
        f: moved(f, { names, fork }) as JsonObject,
      },
      more,
    )
  );
}

/** A value in which operations and beads bear their new names, and what was seen is said of both replicas. */
function moved(value: Json, how: { names: ReadonlyMap<string, string>; fork: Fork }): Json {
  const { names, fork } = how;
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => moved(one, how));
  if (!isObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const name in value) {
    const seen = value[name]!;
    if (name === fork.replica && typeof seen === "number" && seen >= fork.from) {
      result[name] = fork.from - 1;
      result[fork.now] = seen - fork.from + 1;
    } else result[name] = moved(seen, how);
  }
  return result;
}
