import type { Files } from "../../ports/files.ts";
import { fencePath, lanePaths } from "./command_files.ts";

/** A part of a file, in bytes; without an end it goes on. */
export interface Span {
  path: string;
  from: number;
  to?: number;
}

/** What is known of an attempt of a command from the records of its run. */
export interface CommandRecord {
  lane: number;
  pid?: number;
  /** Start mark of its process, where the system has one and it took long enough. */
  mark?: string;
  /** Its exit code, once it has ended. */
  code?: number;
  /** It saw that it was not to begin. */
  skipped?: true;
  /** What it printed: both streams in order, or the errors only where its output was kept apart. */
  log: Span;
  output: Span;
}

/** The name of an attempt in the records of its run. */
export function attemptName({ id, attempt }: { id: string; attempt: number }): string {
  return `${id}.${attempt}`;
}

/** The commands of a run, as their records tell. */
export interface Lanes {
  /** Reads on in the records. */
  refresh(): void;
  find(name: string): CommandRecord | undefined;
  /** Reserves a lane for an attempt and notes where in its files what it prints will begin. */
  reserve(name: string): CommandRecord;
  /** Keeps which of the processes that ever have its number an attempt is. */
  mark(name: string, mark: string): void;
  /** The attempt is over: its lane is free. */
  release(name: string): void;
}

interface Lane {
  number: number;
  read: number;
  /** Attempts in order, to tell where what one has printed ends. */
  last?: CommandRecord;
  holder?: string;
}

/** Reads the records of a run. Without `term` it only looks; with it, commands of other drivers do not begin any more. */
export function openLanes(files: Files, { folder, term }: { folder: string; term?: number }): Lanes {
  const lanes: Lane[] = [];
  const records = new Map<string, CommandRecord>();
  if (term !== undefined) files.writeText(fencePath(folder), `${term}\n`);
  for (const name of files.list(folder)) {
    const number = Number(/^lane-(\d+)\.record$/.exec(name)?.[1] ?? NaN);
    if (!Number.isNaN(number)) lanes[number] = { number, read: 0 };
  }
  const laneAt = (number: number): Lane => lanes[number] ??= { number, read: 0 };
  const refresh = () => {
    for (const lane of lanes) if (lane) readOn(files, { folder, lane, records });
  };
  refresh();
  for (const [name, { lane, pid, code, skipped }] of records) {
    if (pid !== undefined && code === undefined && !skipped) laneAt(lane).holder = name;
  }
  return {
    refresh,
    find: (name) => records.get(name),
    reserve(name) {
      let number = 0;
      while (lanes[number]?.holder !== undefined) number++;
      const lane = laneAt(number);
      lane.holder = name;
      const paths = lanePaths(folder, number);
      const [log, output] = [paths.log, paths.output].map((path) => files.stat(path)?.size ?? 0);
      files.appendText(paths.record, `log ${name} ${log} ${output}\n`);
      readOn(files, { folder, lane, records });
      return records.get(name)!;
    },
    mark(name, mark) {
      const record = records.get(name);
      if (record) files.appendText(lanePaths(folder, record.lane).record, `mark ${name} ${mark}\n`);
    },
    release(name) {
      const lane = lanes.find((one) => one?.holder === name);
      if (lane) delete lane.holder;
    },
  };
}

/** The most of a record that is read at once, in bytes. */
const MOST_READ = 64 * 1024 * 1024;

function readOn(
  files: Files,
  { folder, lane, records }: { folder: string; lane: Lane; records: Map<string, CommandRecord> },
): void {
  const paths = lanePaths(folder, lane.number);
  const part = files.readPart(paths.record, { from: lane.read, most: MOST_READ });
  if (!part) return;
  const whole = part.text.slice(0, part.text.lastIndexOf("\n") + 1);
  // Records are plain ASCII: names of steps, numbers.
  lane.read += whole.length;
  for (const line of whole.split("\n")) {
    const [word, name = "", one = "", other = ""] = line.split(" ");
    if (word === "log") {
      const before = lane.last;
      if (before) [before.log.to, before.output.to] = [Number(one), Number(other)];
      lane.last = {
        lane: lane.number,
        log: { path: paths.log, from: Number(one) },
        output: { path: paths.output, from: Number(other) },
      };
      records.set(name, lane.last);
      continue;
    }
    const record = records.get(name);
    if (!record) continue;
    if (word === "start") record.pid = Number(one);
    else if (word === "mark") record.mark = one;
    else if (word === "exit") record.code = Number(one);
    else if (word === "skip") record.skipped = true;
  }
}
