import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import process from "node:process";
import { present } from "../lib/present.ts";
import type { StopSignal } from "../lib/stopper.ts";
import { writingAt } from "./disk_error.ts";
import { createPatientOutput, isSameReader, type PatientOutput } from "./patient_output.ts";

/** The three standard streams. */
export interface Terminal {
  /** Whether a person reads standard output. */
  readonly isTerminal: boolean;
  /** Whether a picture can be drawn over another: a terminal that is not `dumb`. */
  readonly canDraw: boolean;
  /** Whether colours are wanted: a terminal, no `NO_COLOR`, or `FORCE_COLOR`. */
  readonly colour: boolean;
  /** Width in columns; 80 where it is unknown. */
  columns(): number;
  /** How wide lines may be, in columns; where a program reads them nothing is cut. */
  lineWidth(): number;
  /** Height in rows; 24 where it is unknown. */
  rows(): number;
  /** Writes to standard output; a reader who has gone away ends the program quietly. */
  write(text: string): void;
  /** Writes to standard error; what cannot be written is dropped, as there is nobody else to tell. */
  writeError(text: string): void;
  /** Writes to descriptor 3, at which whoever has started this program may listen; what nobody reads is dropped. */
  writeAside(text: string): void;
  /**
   * From here on a reader who goes away ends nothing: there is work to finish, and what is written is dropped. One who
   * does not read holds nothing up: what is written is kept for them. `stop` tells that nobody waits for them any more.
   */
  outlastReader(stop?: StopSignal): void;
  /** How many bytes are kept for a reader who has not read them. */
  unread(): number;
  /** Resolves once all is written; after `stop` also once nobody has read any of it for a moment. */
  flushed(): Promise<void>;
  /** Reads standard input to its end; empty when it is a terminal. */
  readInput(): string;
  /**
   * Copies standard input, or what comes out of a pipe at `from`, to its end into a file, which it makes: there may be
   * more than fits into memory.
   */
  copyInput(path: string, from?: string): void;
  /**
   * Calls back with every piece of input as it is typed, without waiting for a line and without showing it; Enter is
   * `\r`. `ended` is called when there will be no more. Returns how to stop.
   */
  onInput(typed: (text: string) => void, ended: () => void): () => void;
}

/** Makes the streams of this process. */
export function createTerminal(): Terminal {
  const output = { isTerminal: once(() => isTerminal(1)) };
  let reader: "needed" | "dispensable" | "gone" = "needed";
  let patient: ReturnType<typeof patientStreams> | undefined;
  const stops = new Set<StopSignal>();
  return {
    get isTerminal() {
      return output.isTerminal();
    },
    get canDraw() {
      return output.isTerminal() && process.env.TERM !== "dumb";
    },
    get colour() {
      return !process.env.NO_COLOR && process.env.TERM !== "dumb" &&
        (Boolean(process.env.FORCE_COLOR) || output.isTerminal());
    },
    columns: () => output.isTerminal() ? process.stdout.columns || 80 : 80,
    lineWidth: () => output.isTerminal() ? process.stdout.columns || 80 : Infinity,
    rows: () => output.isTerminal() ? process.stdout.rows || 24 : 24,
    write(text) {
      if (reader === "gone") return;
      if (patient?.output) return patient.output.write(encode(text));
      try {
        writingAt("/dev/stdout", () => writeAll(1, text));
      } catch (error) {
        if ((error as { code?: string }).code !== "EPIPE") throw error;
        if (reader === "needed") process.exit(0);
        reader = "gone";
      }
    },
    writeError(text) {
      if (patient?.errors) return patient.errors.write(encode(text));
      try {
        writeAll(2, text);
      } catch {
        // An exit code says more than an error about an error.
      }
    },
    writeAside(text) {
      try {
        writeAll(3, text);
      } catch {
        // Nobody listens.
      }
    },
    outlastReader(stop) {
      if (stop) stops.add(stop);
      if (reader === "needed") reader = "dispensable";
      patient ??= patientStreams(() => reader = "gone");
    },
    unread: () => patient?.output?.waiting() ?? 0,
    async flushed() {
      const streams = Object.values(patient ?? {});
      const drained = Promise.all(streams.map((stream) => stream.drained()));
      await Promise.race([drained, ...[...stops].map((stop) => unreadAfter(stop, streams))]);
    },
    readInput: () => isTerminal(0) ? "" : readFileSync(0, "utf8"),
    copyInput,
    onInput,
  };
}

function copyInput(path: string, from?: string): void {
  const file = openSync(path, "w", 0o600);
  const source = from === undefined ? 0 : openSync(from, "r");
  const bytes = new Uint8Array(1024 * 1024);
  try {
    if (source === 0 && isTerminal(0)) return;
    for (let count = readPatiently(source, bytes); count > 0; count = readPatiently(source, bytes)) {
      for (let at = 0; at < count;) at += writeSync(file, bytes, at, count - at);
    }
  } finally {
    closeSync(file);
    if (source !== 0) closeSync(source);
  }
}

/** Reads what comes next; a stream that does not wait by itself is asked again. */
function readPatiently(source: number, bytes: Uint8Array): number {
  for (;;) {
    try {
      return readSync(source, bytes);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function onInput(typed: (text: string) => void, ended: () => void): () => void {
  const { stdin } = process;
  const receive = (text: string | Uint8Array) => typed(text.toString());
  stdin.setRawMode?.(true);
  stdin.setEncoding("utf8");
  stdin.on("data", receive);
  stdin.on("end", ended);
  stdin.resume();
  return () => {
    stdin.off("data", receive);
    stdin.off("end", ended);
    stdin.pause();
    stdin.setRawMode?.(false);
  };
}

/** Asks the system first: opening the runtime's own stream takes 3 ms, and agents and scripts call through pipes. */
function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    const stream = () =>
      descriptor === 0 ? process.stdin : descriptor === 1 ? process.stdout : process.stderr;
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev !== nowhere() && stream().isTTY === true;
  } catch {
    return false;
  }
}

/** The device that is `/dev/null`: a character device as well, and what hooks and scripts redirect to. */
function nowhere(): number | undefined {
  return statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
}

/** Output and errors of a program that waits for no reader, in one order where the same reads both. */
function patientStreams(gone: () => void): Partial<Record<"output" | "errors", PatientOutput>> {
  const output = createPatientOutput(1, { isTerminal: isTerminal(1), gone });
  if (output && isSameReader(1, 2)) return { output, errors: output };
  return present({ output, errors: createPatientOutput(2, { isTerminal: isTerminal(2), gone: () => {} }) });
}

/** How long nobody reads before nobody is waited for, once the program was told to end, in ms. */
const LAST_MOMENT = 1_000;

/** Resolves when nothing of what is written is read any more, after a signal. */
async function unreadAfter(stop: StopSignal, streams: readonly PatientOutput[]): Promise<void> {
  if (!stop.aborted) await new Promise<void>((resolve) => stop.addEventListener("abort", resolve));
  const waiting = () => streams.map((stream) => stream.waiting()).join();
  for (let before = ""; before !== waiting();) {
    before = waiting();
    await new Promise((resolve) => setTimeout(resolve, LAST_MOMENT));
  }
}

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Writes the whole text before returning. */
function writeAll(stream: number, text: string): void {
  let rest = encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(stream, rest));
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
    }
  }
}

/** A terminal that remembers what was written. */
export interface TestTerminal extends Terminal {
  readonly output: string[];
  readonly errors: string[];
}

/** Makes a terminal that remembers, and reads `input`. */
export function createTestTerminal(input = ""): TestTerminal {
  const output: string[] = [];
  const errors: string[] = [];
  return {
    isTerminal: false,
    canDraw: false,
    colour: false,
    columns: () => 80,
    lineWidth: () => Infinity,
    rows: () => 24,
    write: (text) => void output.push(text),
    writeError: (text) => void errors.push(text),
    writeAside: (text) => void output.push(text),
    outlastReader: () => {},
    unread: () => 0,
    flushed: () => Promise.resolve(),
    readInput: () => input,
    copyInput: (path) => writeFileSync(path, input),
    onInput(typed, ended) {
      if (input !== "") typed(input);
      ended();
      return () => {};
    },
    output,
    errors,
  };
}
