import { present } from "../../../lib/present.ts";
import type { Files } from "../../../ports/files.ts";
import { lanePaths } from "./command_files.ts";
import {
  type CommandRecord,
  type Ending,
  endingKey,
  type Lane,
  readRecords,
  type Span,
} from "./lane_records.ts";

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
  /** Where all stands that an attempt has printed so far, which may still go on; undefined for one that has not begun. */
  printed(name: string): Printed | undefined;
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
  /** Whether somebody whom the process of an attempt that is over left behind may still print to its lane. */
  isLeftBehind(name: string, pid: number): Promise<boolean>;
  /**
   * The attempt is over: its lane is free, once nobody whom its process `left` behind may print to it any more. What they
   * print is no part of the attempt.
   */
  release(name: string, options?: { left?: number | undefined }): void;
}

/** Where what an attempt printed stands: its errors after its output where they were kept apart. */
export type Printed = Record<"output" | "log", Required<Span>>;

/** Whether somebody may still print to files whom a process began that has ended: now, or for many at once a moment later. */
export interface LeftBehind {
  isHeld(paths: readonly string[], pid: number): boolean;
  isHeldSoon(paths: readonly string[], pid: number): Promise<boolean>;
}

/** Where nobody can tell, somebody may. */
const UNKNOWN: LeftBehind = { isHeld: () => true, isHeldSoon: () => Promise.resolve(true) };

function filesOf({ log, output }: ReturnType<typeof lanePaths>): string[] {
  return [log, output];
}

/** Reads the records of a run. */
export function openLanes(
  files: Files,
  { folder, left = UNKNOWN }: { folder: string; left?: LeftBehind },
): Lanes {
  const { lanes, records, endings, skipped, refresh } = readRecords(files, { folder });
  const sizeOf = (path: string) => files.stat(path)?.size ?? 0;
  const heldBy = (name: string) => lanes.find((one) => one?.holder === name);
  const laneAt = (number: number): Lane => lanes[number] ??= { number, read: 0 };
  const unended: Lanes["unended"] = () =>
    [...records].flatMap(([name, { lane, pid, mark, code }]) =>
      pid === undefined || code !== undefined ? [] : [{ name, lane, pid, ...present({ mark }) }]
    );
  for (const { name, lane } of unended()) laneAt(lane).holder = name;
  // Of whom the last has left behind where nobody was there when it ended, nothing is written.
  for (const lane of lanes) if (lane?.last?.pid) lane.left ??= lane.last.pid;
  const printedTo = ({ number }: Lane) => filesOf(lanePaths(folder, number));
  const isFree = (lane: Lane) => {
    if (lane.left !== undefined && !left.isHeld(printedTo(lane), lane.left)) delete lane.left;
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
    printed(name) {
      const record = records.get(name);
      return record && printedSoFar(record, { sizeOf, refresh });
    },
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
    async isLeftBehind(name, pid) {
      const lane = heldBy(name);
      return lane !== undefined && await left.isHeldSoon(printedTo(lane), pid);
    },
    release(name, { left: pid } = {}) {
      const lane = heldBy(name);
      if (!lane) return;
      if (pid !== undefined) {
        lane.left = pid;
        const paths = lanePaths(folder, lane.number);
        files.appendText(paths.record, `end ${name} ${sizeOf(paths.log)} ${sizeOf(paths.output)} ${pid}\n`);
      }
      delete lane.holder;
      records.delete(name);
    },
  };
}

function printedSoFar(
  { output, log, lane }: CommandRecord,
  { sizeOf, refresh }: { sizeOf(path: string): number; refresh(lane: number): void },
): Printed {
  const sizes = { output: sizeOf(output.path), log: sizeOf(log.path) };
  // The next command there says that it begins before it prints: what it says is read after the sizes.
  refresh(lane);
  const ended = (span: Span, size: number) => ({ ...span, to: span.to ?? size });
  return { output: ended(output, sizes.output), log: ended(log, sizes.log) };
}
