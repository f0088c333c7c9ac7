import type { JsonObject } from "../../../lib/json.ts";

/** How a gate is looked at: it opens, it fails, or it stays shut. */
export interface Opening {
  open(outputs?: JsonObject): void;
  fail(text: string): void;
  /** Adds something to be stopped when the gate is over. */
  until(stop: () => void): void;
  readonly signal: AbortSignal;
  /** What was wrong the last time that it was asked. */
  trouble?: string | undefined;
}
