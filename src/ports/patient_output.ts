import { constants, fstatSync, openSync, type Stats, write, writeSync } from "node:fs";

/** Writes to whoever reads a stream, however slowly, and never stands still for them. */
export interface PatientOutput {
  /** Takes bytes over; they are written in order. */
  write(bytes: Uint8Array): void;
  /** How many bytes wait for the reader. */
  waiting(): number;
  /** Resolves once all that was taken over is written, or nobody will ever read it. */
  drained(): Promise<void>;
}

/** The most that is written at a time, in bytes: a pipe without room for all of so few takes none of them. */
const PIECE = 4096;
/** How long is waited for room: the first time, and at most, in ms. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 50;

/**
 * Makes one for a standard stream of this process; undefined for a file or a device, where writing waits for nobody.
 * `gone` is told when the reader has gone, or the terminal was closed.
 */
export function createPatientOutput(
  stream: 1 | 2,
  { isTerminal, gone }: { isTerminal: boolean; gone: () => void },
): PatientOutput | undefined {
  const stat = statOf(stream);
  if (!stat || !isTerminal && !stat.isFIFO() && !stat.isSocket()) return undefined;
  const own = stat.isSocket() ? undefined : withoutWaiting(stream);
  let pieces: Uint8Array[] = [];
  let at = 0;
  let size = 0;
  let isWriting = false;
  let pause = FIRST_PAUSE;
  let waiters: (() => void)[] = [];

  const next = () => pieces[at]!.subarray(0, PIECE);
  function written(count: number): void {
    size -= count;
    pause = FIRST_PAUSE;
    const rest = pieces[at]!.subarray(count);
    if (rest.length > 0) pieces[at] = rest;
    else if (++at === pieces.length || at > 1_000) {
      pieces = pieces.slice(at);
      at = 0;
    }
  }
  function end(): void {
    isWriting = false;
    for (const tell of waiters) tell();
    waiters = [];
  }
  function failed(error: unknown): void {
    if ((error as { code?: string }).code === "EAGAIN") {
      setTimeout(writeOn, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      return;
    }
    pieces = [];
    at = size = 0;
    end();
    gone();
  }
  function writeOn(): void {
    try {
      while (size > 0) {
        if (own === undefined) {
          writeBeside();
          return;
        }
        written(writeSync(own, next()));
      }
      end();
    } catch (error) {
      failed(error);
    }
  }
  /** Lets a thread of the runtime wait for the reader. */
  function writeBeside(): void {
    const piece = next();
    write(stream, piece, 0, piece.length, null, (error, count) => {
      if (error) return failed(error);
      written(count);
      writeOn();
    });
  }
  return {
    write(bytes) {
      if (bytes.length === 0) return;
      pieces.push(bytes);
      size += bytes.length;
      if (isWriting) return;
      isWriting = true;
      writeOn();
    },
    waiting: () => size,
    drained: () => isWriting ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve(),
  };
}

/** Whether two standard streams go to the same reader. */
export function isSameReader(one: 1 | 2, two: 1 | 2): boolean {
  const [first, second] = [statOf(one), statOf(two)];
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}

function statOf(stream: 1 | 2): Stats | undefined {
  try {
    return fstatSync(stream);
  } catch {
    // It was closed before this program began.
    return undefined;
  }
}

/**
 * Opens a pipe or a terminal once more, so that what has no room is refused; undefined where the system cannot.
 *
 * The stream itself stays as it is: whoever has started this program writes to it as well.
 */
function withoutWaiting(stream: 1 | 2): number | undefined {
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${stream}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
}
