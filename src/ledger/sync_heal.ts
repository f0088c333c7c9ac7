import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { faultPoint } from "../ports/fault.ts";
import { forkedLines, forkName } from "./fork.ts";
import type { Ledger } from "./ledger.ts";
import { segmentPath } from "./log_files.ts";
import { parseLine } from "./operation.ts";
import { setReplica } from "./replica.ts";
import { isSameLog, logRefs, scratchPath } from "./sync_apply.ts";
import { forgetApplied, type LogRef } from "./sync_applied.ts";
import { replicaRef } from "./sync_commit.ts";
import { listPieces, readPieces } from "./sync_objects.ts";
import { REMOTE_REFS } from "./sync_remote.ts";
import { keepSpare } from "./spare_logs.ts";
import { openSyncRepository, type SyncPorts, type SyncRepository } from "./sync_repository.ts";

/** How the log of this replica differs from what the repository holds of it. */
export interface Divergence {
  replica: string;
  /** Sequence number of the first operation that differs. */
  from: number;
  /** How many operations from there on only this folder has. */
  own: number;
  /** How many only the refs have. */
  others: number;
}

/** Finds out whether the log here and in the repository's refs have gone different ways; undefined when not. */
export async function findDivergence(
  ports: SyncPorts,
  { ledger }: { ledger: Ledger },
): Promise<Divergence | undefined> {
  return (await compare(ports, ledger))?.divergence;
}

/**
 * Lets both ways live: the log becomes what the refs hold, and what only this folder has becomes the log of a new
 * replica, whose name is returned and which this folder is from then on.
 *
 * The ledger must be closed and opened again afterwards. After a kill the same call arrives at the same end.
 */
export async function healDivergence(ports: SyncPorts, { ledger }: { ledger: Ledger }): Promise<string> {
  const compared = await compare(ports, ledger);
  if (!compared) return ledger.replica;
  const { divergence, repository, ref, segments, tail } = compared;
  const { folder, replica } = ledger;
  const now = forkName(tail);
  const lines = forkedLines(tail, { replica, from: divergence.from, now });
  // Nobody else writes meanwhile.
  ledger.write("bd", () => {
    putLog(folder, { replica: now, segments: new Map([[1, lines.map((line) => `${line}\n`).join("")]]) });
    faultPoint("heal.after-fork");
    // An index that still knows the old way would put it back.
    for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `index.db${end}`), { force: true });
    putLog(folder, { replica, segments });
    faultPoint("heal.after-log");
    setReplica(folder, now);
  });
  forgetApplied(ledger, replica);
  if (ref.name !== replicaRef(replica)) {
    await repository.read(["update-ref", replicaRef(replica), ref.commit]);
  }
  return now;
}

/** The lines that the repository's refs hold of some logs, by `<replica>.<sequence>`. */
export async function linesInRefs(
  ports: SyncPorts,
  { folder, replicas }: { folder: string; replicas: ReadonlySet<string> },
): Promise<ReadonlyMap<string, string>> {
  const lines = new Map<string, string>();
  const repository = openSyncRepository(ports, { folder });
  if (!repository) return lines;
  const refs = await logRefs(repository, ["refs/beads/", `${REMOTE_REFS}/`]);
  for (const ref of refs.filter((one) => replicas.has(one.replica))) {
    for (const text of (await segmentsOf(repository, { folder, ref })).values()) {
      for (const line of text.split("\n")) {
        const parsed = parseLine(line, ref.replica);
        if (typeof parsed !== "string") lines.set(parsed.operation.o, line);
      }
    }
  }
  return lines;
}

interface Compared {
  divergence: Divergence;
  repository: SyncRepository;
  /** The ref whose log is to stand. */
  ref: LogRef;
  /** The text of its segments. */
  segments: ReadonlyMap<number, string>;
  /** The lines that only this folder has. */
  tail: readonly string[];
}

async function compare(ports: SyncPorts, { folder, replica, view }: Ledger): Promise<Compared | undefined> {
  const repository = openSyncRepository(ports, { folder });
  if (!repository) return undefined;
  const refs = (await logRefs(repository, ["refs/beads/", `${REMOTE_REFS}/`]))
    .filter((ref) => ref.replica === replica);
  const same = await Promise.all(
    refs.map(({ commit }) => isSameLog(repository, { folder, replica, commit })),
  );
  if (same.every((one) => one)) return undefined;
  const mine = view.rows<{ line: string }>(
    "SELECT line FROM ops WHERE replica = ? ORDER BY sequence",
    replica,
  ).map((row) => row.line);
  // What a remote has others may have seen; the ref that this repository wrote may hold either way.
  for (const ref of refs.sort((one, other) => rank(other) - rank(one))) {
    const segments = await segmentsOf(repository, { folder, ref });
    const theirs = [...segments.values()].join("").split("\n").filter((line) => line !== "");
    const both = Math.min(mine.length, theirs.length);
    const at = mine.findIndex((line, index) => index < both && line !== theirs[index]);
    if (at < 0) continue;
    const divergence = { replica, from: at + 1, own: mine.length - at, others: theirs.length - at };
    return { divergence, repository, ref, segments, tail: mine.slice(at) };
  }
  return undefined;
}

function rank(ref: LogRef): number {
  return ref.name.startsWith(REMOTE_REFS) ? 1 : 0;
}

async function segmentsOf(
  repository: SyncRepository,
  { folder, ref }: { folder: string; ref: LogRef },
): Promise<Map<number, string>> {
  const segments = new Map<number, string>();
  for (const [number, pieces] of await listPieces(repository, ref.commit)) {
    const decoder = new TextDecoder();
    const scratch = scratchPath(folder, { replica: ref.replica, number });
    let text = "";
    for await (const bytes of readPieces(repository, { pieces, scratch })) {
      text += decoder.decode(bytes, { stream: true });
    }
    segments.set(number, text);
  }
  return segments;
}

/** Puts a whole log in place of the one that is there; a crash leaves the old one, the new one or none. */
function putLog(
  folder: string,
  { replica, segments }: { replica: string; segments: ReadonlyMap<number, string> },
): void {
  const place = join(folder, "ops", replica);
  const fresh = join(folder, "local", `${replica}.fresh`);
  const old = join(folder, "local", `${replica}.old`);
  for (const path of [fresh, old]) rmSync(path, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const [number, text] of segments) {
    const name = basename(segmentPath(folder, { replica, number }));
    writeFileSync(join(fresh, name), text, { flush: true });
  }
  mkdirSync(place, { recursive: true });
  renameSync(place, old);
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
  for (const number of segments.keys()) keepSpare(folder, { replica, number });
}
