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

/** Where commands print that run one after the other. */
export interface Lane {
  number: number;
  read: number;
  /** Attempts in order, to tell where what one has printed ends. */
  last?: CommandRecord;
  /** The one before, where only the beginning of the last tells that end: it may see that it was not to begin. */
  before?: CommandRecord | undefined;
  holder?: string;
  /** The process whose command left somebody behind who may still print to it. */
  left?: number;
  /** How long its output file was when somebody last looked; unknown before. */
  output?: number;
}

/** The most of a record that is read at once, in bytes. */
const MOST_READ = 64 * 1024 * 1024;

/** What the records of a run say, lane by lane, and of each attempt by its name. */
interface Read {
  records: Map<string, CommandRecord>;
  /** Why attempts were to be ended, by `endingKey`. */
  endings: Map<string, Ending>;
  /** Processes that were not to begin. */
  skipped: Set<number>;
}

/** Reads the records of a run, as far as they go. */
export function readRecords(
  files: Files,
  { folder }: { folder: string },
): Read & { lanes: Lane[]; refresh(lane?: number): void } {
  const lanes: Lane[] = [];
  for (const name of files.list(folder)) {
    const number = Number(/^lane-(\d+)\.record$/.exec(name)?.[1] ?? NaN);
    if (!Number.isNaN(number)) lanes[number] = { number, read: 0 };
  }
  const read: Read = { records: new Map(), endings: new Map(), skipped: new Set() };
  const refresh = (only?: number) => {
    for (const lane of only === undefined ? lanes : [lanes[only]]) {
      if (lane) readOn(files, { folder, lane, ...read });
    }
  };
  refresh();
  return { ...read, lanes, refresh };
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
    else if (word === "skip") skip(lane, { ...read, name, pid: Number(one) });
    else if (word === "ending") {
      const ending = readEnding(spans[0]);
      // Who had ended by then was not ended for that.
      const isLate = record?.pid === Number(one) && record.code !== undefined;
      if (ending !== undefined && !isLate) read.endings.set(endingKey(name, one), ending);
    } else if (word === "cached" && record) record.cached = one;
    else if (word === "exit" && record) record.code = Number(one);
    else if (word === "end") {
      lane.left = Number(spans[1] ?? 0);
      if (record) [record.log.to, record.output.to] = [Number(one), Number(spans[0])];
    }
  }
}

/** A full disk may have taken only a part of it: then it was not noted. */
function readEnding(text = ""): Ending | undefined {
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    return undefined;
  }
}

/** Of which process an ending is: the same attempt may begin again. */
export function endingKey(name: string, pid: number | string | undefined): string {
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
  lane.before = before?.log.to === undefined ? before : undefined;
  if (before) [before.log.to, before.output.to] = [before.log.to ?? log, before.output.to ?? output];
  // Whoever began it has looked.
  delete lane.left;
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
function skip(lane: Lane, { records, skipped, name, pid }: Read & { name: string; pid: number }): void {
  skipped.add(pid);
  const { last, before } = lane;
  if (before && last?.pid === pid) {
    for (const span of [before.log, before.output]) delete span.to;
    lane.last = before;
  }
  const record = records.get(name);
  if (record?.earlier?.pid === pid) delete record.earlier;
  if (record?.pid !== pid) return;
  const { earlier, code } = record;
  if (earlier) records.set(name, { ...earlier, ...present({ code: code ?? earlier.code }) });
  else records.delete(name);
}
