import { join } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { type Database, inTransaction, openDatabase, WRITER_PATIENCE_MS } from "./database.ts";
import { listReplicas, listSegments, readSegment, replaceSegment, type Segment } from "./log_files.ts";
import { readEntries } from "./log_reader.ts";
import { formatLine, parseLine } from "./operation.ts";
import { keepSpare } from "./spare_logs.ts";

/** A place in a log that cannot be read. */
export interface Damage {
  replica: string;
  segment: number;
  /** Number of the line in its file. */
  line: number;
  reason: string;
  /** Whether the index still knows what stood there. */
  restored: boolean;
}

/** Where an operation stands that nobody can read any more; its line is kept in it. */
export const DAMAGED_KEY = "@damaged";

/** Every place in the logs that cannot be read. Reads all of them. */
export function findDamage({ folder }: { folder: string }): Damage[] {
  return scanAll(folder, () => undefined).flatMap((scan) => scan.damage);
}

/**
 * Makes logs readable again: a damaged line is put back from the index or from what else is `known` (lines by
 * `<replica>.<sequence>`), or else replaced by one that quotes it.
 *
 * The files as they were are kept in `.beads/damaged/`. The index is made anew when the ledger is opened next.
 */
export function repairLogs(
  ports: Pick<Ports, "clock" | "files">,
  { folder, known = new Map() }: { folder: string; known?: ReadonlyMap<string, string> },
): Damage[] {
  const database = openDatabase(join(folder, "index.db"));
  try {
    database.script(`PRAGMA busy_timeout = ${WRITER_PATIENCE_MS}`);
    const lookUp: LookUp = (replica, sequence) =>
      lineInIndex(database, { replica, sequence }) ?? known.get(`${replica}.${sequence}`);
    return inTransaction(database, () => {
      const broken = scanAll(folder, lookUp).filter((scan) => scan.damage.length > 0);
      for (const { segment, original, lines } of broken) {
        const name = `${segment.replica}.${segment.number}.${ports.clock.now()}.jsonl`;
        ports.files.writeText(join(folder, "damaged", name), new TextDecoder().decode(original), {
          flush: true,
        });
        const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
        replaceSegment(folder, { segment, bytes });
        keepSpare(folder, segment);
      }
      if (broken.length > 0) database.script("PRAGMA user_version = 0");
      return broken.flatMap((scan) => scan.damage);
    });
  } finally {
    database.close();
  }
}

interface Scan {
  segment: Segment;
  original: Uint8Array;
  /** The lines as they should be. */
  lines: string[];
  damage: Damage[];
}

/** Finds the line of an operation elsewhere than in its log. */
type LookUp = (replica: string, sequence: number) => string | undefined;

/** The segments with damage; those of a sound log pass by without being held in memory. */
function scanAll(folder: string, lookUp: LookUp): Scan[] {
  return listReplicas(folder).filter((replica) => !isSound(folder, replica)).flatMap((replica) => {
    let expected = 1;
    return listSegments(folder, replica).map((number) => {
      const segment = { replica, number };
      const scan = scanSegment({ folder, segment, expected, lookUp });
      expected = scan.next;
      return scan;
    });
  });
}

function isSound(folder: string, replica: string): boolean {
  let next = 1;
  try {
    for (const number of listSegments(folder, replica)) {
      next = readEntries(folder, { segment: { replica, number }, from: 0, next, take: () => {} }).next;
    }
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.code === "log_damaged") return false;
    throw error;
  }
}

function scanSegment(
  { folder, segment, expected, lookUp }: {
    folder: string;
    segment: Segment;
    expected: number;
    lookUp: LookUp;
  },
): Scan & { next: number } {
  const original = readSegment(folder, { segment, from: 0 });
  const texts = new TextDecoder().decode(original).split("\n");
  // What follows the last line's end is a group nobody was told of.
  texts.pop();
  const lines: string[] = [];
  const damage: Damage[] = [];
  let next = expected;
  let quoted: { line: number; text: string; reason: string }[] = [];
  const fill = (until: number) => {
    for (; next < until; next++) {
      const bad = quoted.shift();
      const known = lookUp(segment.replica, next);
      lines.push(known ?? placeholder(segment.replica, { sequence: next, text: bad?.text ?? "" }));
      damage.push({
        replica: segment.replica,
        segment: segment.number,
        line: bad?.line ?? lines.length,
        reason: bad?.reason ?? "an operation is missing",
        restored: known !== undefined,
      });
    }
    quoted = [];
  };
  texts.forEach((text, at) => {
    const parsed = parseLine(text, segment.replica);
    if (typeof parsed === "string") {
      quoted.push({ line: at + 1, text, reason: parsed });
    } else if (parsed.operation.sequence >= next) {
      fill(parsed.operation.sequence);
      lines.push(text);
      next = parsed.operation.sequence + 1;
    }
  });
  fill(next + quoted.length);
  return { segment, original, lines, damage, next };
}

function lineInIndex(
  database: Database,
  { replica, sequence }: { replica: string; sequence: number },
): string | undefined {
  try {
    return database.get<{ line: string }>(
      "SELECT line FROM ops WHERE replica = ? AND sequence = ?",
      replica,
      sequence,
    )?.line;
  } catch {
    return undefined;
  }
}

function placeholder(replica: string, { sequence, text }: { sequence: number; text: string }): string {
  return formatLine(
    { o: `${replica}.${sequence}`, t: [0, 0], a: "bd", b: DAMAGED_KEY, k: "damaged", f: { line: text } },
    false,
  );
}
