import { closeSync, existsSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { faultPoint } from "../ports/fault.ts";
import { diskError, type Segment, segmentPath, syncFolder, truncateSegment } from "./log_files.ts";

/** Size after which a log goes on in a new segment, in bytes. */
export const SEGMENT_BYTES = 1024 * 1024;

/** Text on its way to the end of a segment. */
export interface Append {
  /** Adds text, which the disk may not have yet. @throws {CommandError} when the disk is full or cannot be written. */
  write(text: string): void;
  /** Adds the last text and flushes; returns the new size of the segment in bytes. @throws as {@linkcode write}. */
  finish(text: string): number;
  /** Cuts the segment back to what it was; needs the write lock. */
  undo(): void;
}

/**
 * Starts to add to a segment of `size` bytes; when the disk refuses, the segment is as before.
 *
 * @throws {CommandError} when it cannot be written.
 */
export function startAppend(folder: string, { segment, size }: { segment: Segment; size: number }): Append {
  const path = segmentPath(folder, segment);
  const place = join(folder, "ops", segment.replica);
  const fresh = size === 0 && !existsSync(path);
  const encoder = new TextEncoder();
  let file: number | undefined;
  let now = size;

  function attempt(work: (file: number) => void): void {
    try {
      if (file === undefined) {
        if (fresh) mkdirSync(place, { recursive: true });
        file = openSync(path, "a");
        faultPoint("ledger.before-append");
      }
      work(file);
    } catch (error) {
      if (file !== undefined) cutBack(file, size);
      close();
      throw diskError(error, folder);
    }
  }

  function add(to: number, text: string): void {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += writeSync(to, bytes, at, bytes.length - at);
    now += bytes.length;
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    write(text) {
      attempt((to) => add(to, text));
      faultPoint("ledger.amid-append");
    },
    finish(text) {
      attempt((to) => {
        add(to, text);
        faultPoint("ledger.after-append");
        fdatasyncSync(to);
        if (fresh) syncFolder(place);
        faultPoint("ledger.after-flush");
      });
      close();
      return now;
    },
    undo() {
      close();
      truncateSegment(folder, { segment, size });
    },
  };
}

function cutBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // The group stays without its end and is cut off by the next writer.
  }
}
