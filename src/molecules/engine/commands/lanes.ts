import { present } from "../../../lib/present.ts";
import type { Files } from "../../../ports/files.ts";
import type { Reason } from "../../machine/run.ts";
import { lanePaths } from "./command_files.ts";

/** A part of a file, in bytes; without an end it goes on. */
export interface Span {
  path: string;
  from: number;
  to?: number;
}

/** Why a command is being ended. */
export type Ending = "stopped" | "interrupted" | Reason;

/** What is known of an attempt of a command from the records of its run. */
export interface CommandRecord {
  lane: number;
  pid?: number;
  /** Start mark of its process, where the system has one. */
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
  /** Why an attempt that has begun was to be ended, if somebody has begun to. */
  endingOf(name: string): Ending | undefined;
  /** Whether a process saw that it was not to begin. */
  wasSkipped(pid: number): boolean;
  /** Reserves a lane for an attempt; `apart` says whether its output goes into a file of its own. */
  reserve(name: string, options: { apart: boolean }): CommandRecord;
  /** Puts down what another attempt has printed as if this one had just ended with it. */
  restore(name: string, printed: { from: string; output: string; log: string; apart: boolean }): void;
  /** Keeps why an attempt is about to be ended, for whoever finds it ended. */
  noteEnding(name: string, ending: { pid: number; ending: Ending }): void;
  /**
   * The attempt is over: its lane is free, once nobody whom its process `pid` left behind may print to it any more. What they
   * print is no part of the attempt.
   */
  release(name: string, options?: { pid?: number | undefined }): void;
}

interface Lane {
  number: number;
  read: number;
  /** Attempts in order, to tell where what one has printed ends. */
  last?: CommandRecord;
  holder?: string;
  /** The process whose command left somebody behind who may still print to it. */
  left?: number;
  /** How long its output file was when somebody last looked; unknown before. */
  output?: number;
}

/** Whether somebody may still print to files whom a process began that has ended. */
export type IsHeld = (paths: readonly string[], pid: number) => boolean;

/** Reads the records of a run. */
export function openLanes(
  files: Files,
  { folder, isHeld = () => true }: { folder: string; isHeld?: IsHeld },
): Lanes {
  const lanes: Lane[] = [];
  const records = new Map<string, CommandRecord>();
  const endings = new Map<string, Ending>();
  const skipped = new Set<number>();
  for (const name of files.list(folder)) {
    const number = Number(/^lane-(\d+)\.record$/.exec(name)?.[1] ?? NaN);
    if (!Number.isNaN(number)) lanes[number] = { number, read: 0 };
  }
  const sizeOf = (path: string) => files.stat(path)?.size ?? 0;
  const laneAt = (number: number): Lane => lanes[number] ??= { number, read: 0 };
  const refresh = () => {
    for (const lane of lanes) if (lane) readOn(files, { folder, lane, records, endings, skipped });
  };
  refresh();
  const unended: Lanes["unended"] = () =>
    [...records].flatMap(([name, { lane, pid, mark, code }]) =>
      pid === undefined || code !== undefined ? [] : [{ name, lane, pid, ...present({ mark }) }]
    );
  for (const { name, lane } of unended()) laneAt(lane).holder = name;
  const isLeft = ({ number }: Lane, pid: number) => {
    const { log, output } = lanePaths(folder, number);
    return isHeld([log, output], pid);
  };
  const isFree = (lane: Lane) => {
    if (lane.left !== undefined && !isLeft(lane, lane.left)) delete lane.left;
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
    endingOf: (name) => endings.get(endingKey(name, records.get(name)?.pid)),
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
    noteEnding(name, { pid, ending }) {
      const record = records.get(name);
      const line = `ending ${name} ${pid} ${encodeURIComponent(JSON.stringify(ending))}\n`;
      if (record) files.appendText(lanePaths(folder, record.lane).record, line);
    },
    release(name, { pid } = {}) {
      const lane = lanes.find((one) => one?.holder === name);
      if (!lane) return;
      if (pid !== undefined && isLeft(lane, pid)) {
        lane.left = pid;
        const paths = lanePaths(folder, lane.number);
        files.appendText(paths.record, `end ${name} ${sizeOf(paths.log)} ${sizeOf(paths.output)} ${pid}\n`);
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
  /** Why attempts were to be ended, by name and process: the same attempt may begin again. */
  endings: Map<string, Ending>;
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
    else if (word === "ending") {
      read.endings.set(endingKey(name, one), JSON.parse(decodeURIComponent(spans[0]!)));
    } else if (word === "cached" && record) record.cached = one;
    else if (word === "exit" && record) record.code = Number(one);
    else if (word === "end") {
      lane.left = Number(spans[1] ?? 0);
      if (record) [record.log.to, record.output.to] = [Number(one), Number(spans[0])];
    }
  }
}

function endingKey(name: string, pid: number | string | undefined): string {
  return `${name} ${pid}`;
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
  const [log = 0, output = 0] = spans.slice(0, 2).map(Number);
  const before = lane.last;
  if (before) [before.log.to, before.output.to] = [before.log.to ?? log, before.output.to ?? output];
  const earlier = records.get(name);
  lane.last = {
    lane: lane.number,
    pid,
    log: { path: paths.log, from: log },
    output: { path: paths.output, from: output },
    ...(spans[2] ? { mark: spans[2] } : {}),
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
  const { earlier, code } = record;
  if (earlier) records.set(name, { ...earlier, ...present({ code: code ?? earlier.code }) });
  else records.delete(name);
}
