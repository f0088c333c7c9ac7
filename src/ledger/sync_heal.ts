import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { faultPoint } from "../ports/fault.ts";
import { forkedLines, forkOf } from "./fork.ts";
import type { Ledger } from "./ledger.ts";
import { listSegments, segmentPath } from "./log_files.ts";
import { parseLine } from "./operation.ts";
import { linesOf, writeLinesTo } from "./projection_file.ts";
import { setReplica } from "./replica.ts";
import { isSameLog, logRefs, scratchPath } from "./sync_apply.ts";
import { forgetApplied, lastSequence, type LogRef } from "./sync_applied.ts";
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
  const { folder, replica } = ledger;
  try {
    return (await compare(ports, ledger))?.divergence;
  } finally {
    rmSync(freshPath(folder, replica), { recursive: true, force: true });
  }
}

/**
 * Lets both ways live: the log becomes what the refs hold, and what only this folder has becomes the log of a new
 * replica, whose name is returned and which this folder is from then on.
 *
 * The ledger must be closed and opened again afterwards. After a kill the same call arrives at the same end.
 */
export async function healDivergence(ports: SyncPorts, { ledger }: { ledger: Ledger }): Promise<string> {
  const { folder, replica } = ledger;
  const compared = await compare(ports, ledger);
  if (!compared) return replica;
  const { divergence: { from }, repository, ref } = compared;
  // Nobody else writes meanwhile.
  const now = ledger.write("bd", () => {
    const tail = () => ownLines(ledger, from);
    const fork = forkOf(tail, { replica, from });
    writeLinesTo(join(freshFolder(folder, fork.now), "000001.jsonl"), withEnds(forkedLines(tail(), fork)));
    putLog(folder, fork.now);
    faultPoint("heal.after-fork");
    // An index that still knows the old way would put it back.
    for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `index.db${end}`), { force: true });
    putLog(folder, replica);
    faultPoint("heal.after-log");
    setReplica(folder, fork.now);
    return fork.now;
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
    for await (const line of linesIn(repository, { folder, ref })) {
      const parsed = parseLine(line, ref.replica);
      if (typeof parsed !== "string") lines.set(parsed.operation.o, line);
    }
  }
  return lines;
}

interface Compared {
  divergence: Divergence;
  repository: SyncRepository;
  /** The ref whose log is to stand; its segments are in the fresh folder of the replica. */
  ref: LogRef;
}

async function compare(ports: SyncPorts, ledger: Ledger): Promise<Compared | undefined> {
  const { folder, replica } = ledger;
  const repository = openSyncRepository(ports, { folder });
  if (!repository) return undefined;
  const refs = (await logRefs(repository, ["refs/beads/", `${REMOTE_REFS}/`]))
    .filter((ref) => ref.replica === replica);
  const same = await Promise.all(
    refs.map(({ commit }) => isSameLog(repository, { folder, replica, commit })),
  );
  if (same.every((one) => one)) return undefined;
  // What a remote has others may have seen; the ref that this repository wrote may hold either way.
  for (const ref of refs.sort((one, other) => rank(other) - rank(one))) {
    const fresh = freshFolder(folder, replica);
    await fetchLog(repository, { folder, ref, into: fresh });
    const divergence = divergenceFrom(ledger, logLines(fresh));
    if (divergence) return { divergence, repository, ref };
    rmSync(fresh, { recursive: true });
  }
  return undefined;
}

function rank(ref: LogRef): number {
  return ref.name.startsWith(REMOTE_REFS) ? 1 : 0;
}

/** Where the log here stops being that of others; undefined while one is the beginning of the other. */
function divergenceFrom(ledger: Ledger, theirs: Iterable<string>): Divergence | undefined {
  const mine = ownLines(ledger, 1);
  let count = 0;
  let from: number | undefined;
  for (const line of theirs) {
    count++;
    if (from !== undefined) continue;
    const own = mine.next();
    if (own.done) return undefined;
    if (own.value !== line) from = count;
  }
  if (from === undefined) return undefined;
  const { replica } = ledger;
  return { replica, from, own: lastSequence(ledger, replica) - from + 1, others: count - from + 1 };
}

/** How many lines are read at a time. */
const PAGE = 500;

/** The lines of this replica's log from a sequence number on, as the index has them; never all at once. */
function* ownLines({ view, replica }: Ledger, from: number): Generator<string> {
  for (let next = from;;) {
    const page = view.rows<{ line: string; sequence: number }>(
      "SELECT line, sequence FROM ops WHERE replica = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
      replica,
      next,
      PAGE,
    );
    for (const { line } of page) yield line;
    if (page.length < PAGE) return;
    next = page.at(-1)!.sequence + 1;
  }
}

function* withEnds(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

/** The folder for the segments of a log that is to take the place of another. */
function freshPath(folder: string, replica: string): string {
  return join(folder, "local", `${replica}.${process.pid}.fresh`);
}

/** That folder, empty. */
function freshFolder(folder: string, replica: string): string {
  const fresh = freshPath(folder, replica);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  return fresh;
}

/** Writes the segments of the log that a ref holds into a folder. */
async function fetchLog(
  repository: SyncRepository,
  { folder, ref, into }: { folder: string; ref: LogRef; into: string },
): Promise<void> {
  const { replica } = ref;
  for (const [number, pieces] of await listPieces(repository, ref.commit)) {
    const segment = { replica, number };
    const file = openSync(join(into, basename(segmentPath(folder, segment))), "w");
    try {
      for await (const bytes of readPieces(repository, { pieces, scratch: scratchPath(folder, segment) })) {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      }
    } finally {
      closeSync(file);
    }
  }
}

/** The lines of a log whose segments are in a folder. */
function* logLines(from: string): Generator<string> {
  for (const name of readdirSync(from).sort()) yield* linesOf(join(from, name));
}

/** The lines of the log that a ref holds. */
async function* linesIn(
  repository: SyncRepository,
  { folder, ref }: { folder: string; ref: LogRef },
): AsyncGenerator<string> {
  const into = freshFolder(folder, ref.replica);
  try {
    await fetchLog(repository, { folder, ref, into });
    yield* logLines(into);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/** Puts the log in the fresh folder in place of the one that is there; a crash leaves the old one, the new one or none. */
function putLog(folder: string, replica: string): void {
  const place = join(folder, "ops", replica);
  const fresh = freshPath(folder, replica);
  const old = join(folder, "local", `${replica}.old`);
  rmSync(old, { recursive: true, force: true });
  for (const name of readdirSync(fresh)) flush(join(fresh, name));
  mkdirSync(place, { recursive: true });
  renameSync(place, old);
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
  for (const number of listSegments(folder, replica)) keepSpare(folder, { replica, number });
}

function flush(path: string): void {
  const file = openSync(path, "r+");
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
