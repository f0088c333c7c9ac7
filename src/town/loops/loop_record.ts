import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Town } from "../town.ts";

/** What a loop says about itself, under kind `loop` and its name. Times are ms since the epoch. */
export interface LoopRecord {
  pid: number;
  /** Start mark of the process, where the system has one. */
  mark: string | null;
  startedAt: number;
  /** When it last ended a tick; 0 before the first. */
  at: number;
  /** Ticks in a row that threw. */
  failures: number;
}

/** Keeps the record of the loop of this process. */
export interface LoopReport {
  /** Ticks in a row that threw. */
  failures(): number;
  /** Says that a tick has ended well; seldom enough to cost nothing, unless `always`. */
  worked(always: boolean): void;
  /** Says that a tick threw, and returns how long to pause, in ms. */
  failed(error: unknown): number;
}

/** How often a loop that ticks renews its record, in ms. */
const RECORD_EVERY = 5_000;
/** The first pause after a tick that threw, and the longest, in ms. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** What a loop last said about itself; it may be gone since. */
export function loopRecord(town: Town, name: string): LoopRecord | undefined {
  return town.ledger.ephemeral.get<Json>("loop", name) as unknown as LoopRecord | undefined;
}

/** Begins the record of a loop that starts now. */
export function createLoopReport(
  { ports: { clock, processes }, town }: { ports: Ports; town: Town },
  { name, log }: { name: string; log: (text: string) => void },
): LoopReport {
  const record: LoopRecord = {
    pid: processes.pid,
    mark: processes.startMark(processes.pid) ?? null,
    startedAt: clock.now(),
    at: 0,
    failures: 0,
  };
  const publish = () => town.ledger.ephemeral.put("loop", name, { ...record });
  return {
    failures: () => record.failures,
    worked(always) {
      const hadFailed = record.failures > 0;
      record.failures = 0;
      if (hadFailed) log(`${name} works again`);
      const now = clock.now();
      if (!always && !hadFailed && now - record.at < RECORD_EVERY) return;
      record.at = now;
      publish();
    },
    failed(error) {
      record.failures++;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(10, record.failures - 1));
      log(`${name} failed, again in ${pause} ms: ${describe(error)}`);
      try {
        town.ledger.version();
        publish();
      } catch {
        // The ledger itself is the trouble: the next use opens it anew.
        town.close();
      }
      return pause;
    },
  };
}

function describe(error: unknown): string {
  if (error instanceof CommandError) return [error.message, ...error.hints].join(" · ");
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
