import type { Ledger } from "../../ledger/ledger.ts";
import { runFolder } from "../../molecules/engine/commands/command_files.ts";
import type { Span } from "../../molecules/engine/commands/lane_records.ts";
import { attemptName, type Lanes, openLanes } from "../../molecules/engine/commands/lanes.ts";
import { plainLine } from "../../molecules/engine/commands/printed.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { runName, type StepAt, stepAt } from "../../molecules/engine/journal/step_at.ts";
import type { Files } from "../../ports/files.ts";

/** Shows what running commands print, line by line. */
export interface LiveOutput {
  /** Something happened to steps: those that began are listened to, those that ended are heard to their end. */
  changed(open: OpenRun, steps: ReadonlySet<string>): void;
  /** Says the lines that are new. */
  look(): void;
  /** Whether what an attempt printed was said while it ran. */
  hasShown(open: Pick<OpenRun, "key">, step: { id: string; attempt: number }): boolean;
}

/** An attempt that is listened to. */
interface Heard {
  open: OpenRun;
  step: StepAt;
  /** How far each of its streams was read, and what of the last line is there. */
  streams: { name: "log" | "output"; read: number; rest: string }[];
  isOver: boolean;
}

/** The most that is read of a stream at a time, in bytes. */
const MOST_READ = 64 * 1024;

/** Makes a listener; `say` gets each line. */
export function createLiveOutput(
  files: Files,
  options: { ledger: Pick<Ledger, "folder">; say: (open: OpenRun, step: StepAt, text: string) => void },
): LiveOutput {
  const { ledger, say } = options;
  const heard = new Map<string, Heard>();
  const lanes = new Map<string, Lanes>();
  const nameOf = (key: string, step: { id: string; attempt: number }) => `${key} ${attemptName(step)}`;
  const printedBy = ({ open: { key }, step }: Heard) => {
    const known = lanes.get(key);
    known?.refresh();
    const found = known?.printed(attemptName(step));
    if (found) return found;
    const opened = openLanes(files, { folder: runFolder(ledger.folder, runName(key)) });
    lanes.set(key, opened);
    return opened.printed(attemptName(step));
  };
  const listen = (one: Heard, { isLast }: { isLast: boolean }) => {
    const printed = printedBy(one);
    if (!printed) return;
    for (const stream of one.streams) {
      for (const text of newLines(files, { stream, span: printed[stream.name], isLast })) {
        say(one.open, one.step, text);
      }
    }
  };
  return {
    changed(open, steps) {
      for (const id of steps) {
        const step = stepAt(open, id);
        const { definition: { action }, record: { status, count } } = step;
        if (action.kind !== "run" || count !== undefined) continue;
        const name = nameOf(open.key, step);
        const known = heard.get(name);
        if (status === "running") {
          if (!known) {
            heard.set(name, { open, step, streams: [stream("output"), stream("log")], isOver: false });
          }
        } else if (known && !known.isOver) {
          listen(known, { isLast: true });
          known.isOver = true;
        }
      }
    },
    look() {
      for (const one of heard.values()) if (!one.isOver) listen(one, { isLast: false });
    },
    hasShown: ({ key }, step) => heard.has(nameOf(key, step)),
  };
}

function stream(name: "log" | "output"): Heard["streams"][number] {
  return { name, read: 0, rest: "" };
}

function newLines(
  files: Files,
  { stream, span, isLast }: { stream: Heard["streams"][number]; span: Required<Span>; isLast: boolean },
): string[] {
  const { to: end } = span;
  let from = span.from + stream.read;
  const skipped = end - from - MOST_READ;
  const lines: string[] = [];
  if (skipped > 0) {
    lines.push(`… ${skipped} bytes before this are in ${span.path}`);
    from += skipped;
    stream.rest = "";
  }
  if (end <= from && !isLast) return lines;
  const text = end > from ? files.readPart(span.path, { from, most: end - from })?.text ?? "" : "";
  stream.read = Math.max(end, from) - span.from;
  const parts = (stream.rest + text).split("\n");
  stream.rest = parts.pop() ?? "";
  if (isLast && stream.rest !== "") {
    parts.push(stream.rest);
    stream.rest = "";
  }
  return [...lines, ...parts.map(plainLine)];
}
