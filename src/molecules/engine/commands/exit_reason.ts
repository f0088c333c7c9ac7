import { formatDuration } from "../../../lib/duration.ts";
import type { Reason } from "../../machine/run.ts";

/** Why a command failed that ended by itself; without code and signal nobody knows. */
export function exitReason({ code, signal }: { code?: number; signal?: string }): Reason {
  if (code === 127) return { kind: "exit", text: "exit code 127, a command was not found" };
  if (code !== undefined && code > 128 && code < 160) {
    return { kind: "exit", text: `exit code ${code}, signal ${code - 128}` };
  }
  if (code !== undefined) return { kind: "exit", text: `exit code ${code}` };
  if (signal !== undefined) return { kind: "exit", text: `ended by ${signal}` };
  return { kind: "unknown", text: "its driver ended, and so did it: nobody knows how" };
}

/** Why a command is ended that has printed nothing for so long, in ms. */
export function silenceReason(heartbeat: number): Reason {
  return { kind: "heartbeat", text: `silent for ${formatDuration(heartbeat)}` };
}
