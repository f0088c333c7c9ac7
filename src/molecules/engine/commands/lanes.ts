import { present } from "../../../lib/present.ts";
import type { Files } from "../../../ports/files.ts";
import { lanePaths } from "./command_files.ts";

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
  /** The attempt of which it was taken, without running. */
  cached?: string;
  /** Another process that began as the same attempt; one of the two sees that it is not to begin. */
  earlier?: CommandRecord;
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
  /** An attempt that has begun, or is reserved; not one that saw that it was not to begin. */
  find(name: string): CommandRecord | undefined;
  /** Those that have begun and not said that they have ended, by name. */
  unended(): readonly { name: string; lane: number; pid: number; mark?: string }[];
  /** Whether a process saw that it was not to begin. */
  wasSkipped(pid: number): boolean;
  /** Reserves a lane for an attempt; `apart` says whether its output goes into a file of its own. */
  reserve(name: string, options: { apart: boolean }): CommandRecord;
  /** Puts down what another attempt has printed as if this one had just ended with it. */
  restore(name: string, printed: { from: string; output: string; log: string; apart: boolean }): void;
  /** Keeps which of the processes that ever have its number an attempt is. */
  mark(name: string, mark: string): void;
  /**
   * The attempt is over: its lane is free. What a group of processes that it `left` behind still prints is no part of the
   * attempt, and no other command gets these files before they are gone.
   */
  release(name: string, options?: { left?: number }): void;
}

interface Lane {
  number: number;
  read: number;
  /** Attempts in order, to tell where what one has printed ends. */
  last?: CommandRecord;
  holder?: string;
  /** The group of processes that may still print to it though nobody waits for them; 0 where it is not known which. */
  left?: number;
  /** How long its output file was when somebody last looked; unknown before. */
  output?: number;
}

/** Reads the records of a run; `isGone` says of processes that were left behind whether they have ended. */
export function openLanes(
  files: Files,
  { folder, isGone = () => false }: { folder: string; isGone?: (group: number) => boolean },
): Lanes {
  const lanes: Lane[] = [];
  const records = new Map<string, CommandRecord>();
  const skipped = new Set<number>();
  for (const name of files.list(folder)) {
    const number = Number(/^lane-(\d+)\.record$/.exec(name)?.[1] ?? NaN);
    if (!Number.isNaN(number)) lanes[number] = { number, read: 0 };
  }
  const sizeOf = (path: string) => files.stat(path)?.size ?? 0;
  const laneAt = (number: number): Lane => lanes[number] ??= { number, read: 0 };
  const refresh = () => {
    for (const lane of lanes) if (lane) readOn(files, { folder, lane, records, skipped });
  };
  refresh();
  const unended: Lanes["unended"] = () =>
    [...records].flatMap(([name, { lane, pid, mark, code }]) =>
      pid === undefined || code !== undefined ? [] : [{ name, lane, pid, ...present({ mark }) }]
    );
  for (const { name, lane } of unended()) laneAt(lane).holder = name;
  const isFree = (lane: Lane) => {
    if (lane.left && isGone(lane.left)) delete lane.left;
    return lane.holder === undefined && lane.left === undefined;
  };
  const reserve: Lanes["reserve"] = (name, { apart }) => {
    let number = 0;
    while (lanes[number] && !isFree(lanes[number]!)) number++;
    const lane = laneAt(number);
    lane.holder = name;
    const paths = lanePaths(folder, number);
    const output = lane.output ?? sizeOf(paths.output);
    if (apart) delete lane.output;
    else lane.output = output;
    const record: CommandRecord = {
      lane: number,
      log: { path: paths.log, from: sizeOf(paths.log) },
      output: { path: paths.output, from: output },
    };
    records.set(name, record);
    return record;
  };
  return {
    refresh,
    find: (name) => records.get(name),
    unended,
    wasSkipped: (pid) => skipped.has(pid),
    reserve,
    restore(name, { from, output, log, apart }) {
      const reserved = reserve(name, { apart });
      if (output !== "") files.appendText(reserved.output.path, output);
      if (log !== "") files.appendText(reserved.log.path, log);
      const sizes = `${reserved.log.from} ${reserved.output.from}`;
      const lines = [`start ${name} 0 ${sizes}`, `cached ${name} ${from}`, `exit ${name} 0`];
      files.appendText(lanePaths(folder, reserved.lane).record, `${lines.join("\n")}\n`);
      refresh();
    },
    mark(name, mark) {
      const record = records.get(name);
      if (record) files.appendText(lanePaths(folder, record.lane).record, `mark ${name} ${mark}\n`);
    },
    release(name, { left } = {}) {
      const lane = lanes.find((one) => one?.holder === name);
      if (!lane) return;
      if (left !== undefined) {
        lane.left = left;
        const paths = lanePaths(folder, lane.number);
        files.appendText(paths.record, `end ${name} ${sizeOf(paths.log)} ${sizeOf(paths.output)} ${left}\n`);
      }
      delete lane.holder;
      records.delete(name);
    },
  };
}

/** The most of a record that is read at once, in bytes. */
const MOST_READ = 64 * 1024 * 1024;

/** What the records of a run say. */
interface Read {
  records: Map<string, CommandRecord>;
  /** Processes that were not to begin. */
  skipped: Set<number>;
}

function readOn(
  files: Files,
  { folder, lane, ...read }: Read & { folder: string; lane: Lane },
): void {
  const paths = lanePaths(folder, lane.number);
  const part = files.readPart(paths.record, { from: lane.read, most: MOST_READ });
  if (!part) return;
  const whole = part.text.slice(0, part.text.lastIndexOf("\n") + 1);
  // Records are plain ASCII: names of steps, numbers.
  lane.read += whole.length;
  for (const line of whole.split("\n")) {
    const [word, name = "", one = "", ...spans] = line.split(" ");
    const record = read.records.get(name);
    if (word === "start") begun(lane, { ...read, name, pid: Number(one), spans, paths });
    else if (word === "skip") skip({ ...read, name, pid: Number(one) });
    else if (word === "mark" && record) record.mark = one;
    else if (word === "cached" && record) record.cached = one;
    else if (word === "exit" && record) record.code = Number(one);
    else if (word === "end") {
      lane.left = Number(spans[1] ?? 0);
      if (record) [record.log.to, record.output.to] = [Number(one), Number(spans[0])];
    }
  }
}

function begun(
  lane: Lane,
  { records, name, pid, spans, paths }: Read & {
    name: string;
    pid: number;
    spans: readonly string[];
    paths: ReturnType<typeof lanePaths>;
  },
): void {
  const [log = 0, output = 0] = spans.map(Number);
  const before = lane.last;
  if (before) [before.log.to, before.output.to] = [before.log.to ?? log, before.output.to ?? output];
  const earlier = records.get(name);
  lane.last = {
    lane: lane.number,
    pid,
    log: { path: paths.log, from: log },
    output: { path: paths.output, from: output },
    ...(earlier?.pid === undefined ? {} : { earlier }),
  };
  records.set(name, lane.last);
}

/** A process was not to begin: what else is known of its attempt is about the other one. */
function skip({ records, skipped, name, pid }: Read & { name: string; pid: number }): void {
  skipped.add(pid);
  const record = records.get(name);
  if (record?.earlier?.pid === pid) delete record.earlier;
  if (record?.pid !== pid) return;
  const { earlier, code, mark } = record;
  if (earlier) {
    records.set(name, { ...earlier, ...present({ code: code ?? earlier.code, mark: earlier.mark ?? mark }) });
  } else records.delete(name);
}
