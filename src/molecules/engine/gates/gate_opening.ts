import type { JsonObject } from "../../../lib/json.ts";

/** How a gate is looked at: it opens, it fails, or it stays shut. */
export interface Opening {
  open(outputs?: JsonObject): void;
  fail(text: string): void;
  /** Its time is over. */
  giveUp(): void;
  /** Adds something to be stopped when the gate is over; nothing is said before that has ended. */
  until(stop: () => void | Promise<void>): void;
  readonly signal: AbortSignal;
  /** When its time is over, in ms since the epoch. */
  readonly by?: number;
  /** What was wrong the last time that it was asked. */
  trouble?: string | undefined;
}
