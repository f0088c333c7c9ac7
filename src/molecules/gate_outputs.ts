import type { GateCondition } from "./definition.ts";

/** What each type of gate gives to later steps once it has opened. */
export const GATE_OUTPUTS: Readonly<Record<GateCondition["type"], readonly string[]>> = {
  human: ["by", "comment"],
  timer: [],
  cron: [],
  bead: ["reason"],
  mail: ["from", "subject", "body"],
  "gh:run": ["conclusion", "url"],
  "gh:pr": ["state", "url"],
  command: ["stdout"],
};
