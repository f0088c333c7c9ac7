import type { Database } from "./database.ts";
import { type Append, SEGMENT_BYTES, startAppend } from "./log_append.ts";
import type { Segment } from "./log_files.ts";
import { keepSpare } from "./spare_logs.ts";

/** The lines of one change on their way into the log, where they count once the last of them is flushed. */
export interface LogGroup {
  /** Adds the line of an operation; `more` is whether it says already that more follow. */
  add(line: { sequence: number; text: string; more: boolean }): void;
  /** Writes the last line and flushes all to the disk; false when there is nothing. */
  finish(): boolean;
  /** Takes back what was written; needs the write lock. */
  undo(): void;
}

/** From this many characters on, lines go into the log before the change is whole: it may be larger than memory. */
const HELD = 1024 * 1024;

/** How a line ends that says that more follow. */
const MORE = ',"m":1}';

/** Starts the lines of one change. Needs the write lock. */
export function startGroup(
  { database, folder, replica }: { database: Database; folder: string; replica: string },
): LogGroup {
  let first = 0;
  let last: { sequence: number; text: string; more: boolean } | undefined;
  let held = "";
  let open: { append: Append; segment: Segment; fresh: boolean } | undefined;

  const opened = () => open ??= openSegment({ database, folder, replica });

  /** Puts the last line among those that are held, with the mark that it must have. */
  function settle(more: boolean): void {
    const { sequence, more: marked } = last!;
    let { text } = last!;
    if (marked !== more) {
      text = more ? text.slice(0, -1) + MORE : `${text.slice(0, -MORE.length)}}`;
      // The index must be able to put the log back byte by byte.
      database.run("UPDATE ops SET line = ? WHERE replica = ? AND sequence = ?", text, replica, sequence);
    }
    held += `${text}\n`;
  }

  return {
    add(line) {
      if (last) settle(true);
      else first = line.sequence;
      last = line;
      if (held.length < HELD) return;
      opened().append.write(held);
      held = "";
    },
    finish() {
      if (!last) return false;
      settle(false);
      const { append, segment, fresh } = opened();
      const size = append.finish(held);
      if (fresh) keepSpare(folder, segment);
      noteSize(database, { segment, fresh, first, size });
      return true;
    },
    undo: () => open?.append.undo(),
  };
}

/** The segment that a change goes into, which is a new one when the last has its size. */
function openSegment(
  { database, folder, replica }: { database: Database; folder: string; replica: string },
): { append: Append; segment: Segment; fresh: boolean } {
  const last = database.get<{ segment: number; size: number }>(
    "SELECT segment, size FROM logs WHERE replica = ? ORDER BY segment DESC LIMIT 1",
    replica,
  );
  const fresh = !last || last.size >= SEGMENT_BYTES;
  const segment = { replica, number: fresh ? (last?.segment ?? 0) + 1 : last.segment };
  return { append: startAppend(folder, { segment, size: fresh ? 0 : last.size }), segment, fresh };
}

function noteSize(
  database: Database,
  { segment: { replica, number }, fresh, first, size }: {
    segment: Segment;
    fresh: boolean;
    first: number;
    size: number;
  },
): void {
  if (!fresh) {
    database.run("UPDATE logs SET size = ? WHERE replica = ? AND segment = ?", size, replica, number);
    return;
  }
  database.run(
    "INSERT INTO logs (replica, segment, first, size) VALUES (?, ?, ?, ?)",
    replica,
    number,
    first,
    size,
  );
}
