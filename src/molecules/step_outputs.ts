import type { GateCondition, StepDefinition } from "./definition.ts";

/** What each type of gate gives once it has opened. */
const GATE_OUTPUTS: Readonly<Record<GateCondition["type"], readonly string[]>> = {
  human: ["by", "comment"],
  timer: [],
  cron: [],
  bead: ["reason"],
  mail: ["from", "subject", "body"],
  "gh:run": ["conclusion", "url"],
  "gh:pr": ["state", "url"],
  command: ["stdout"],
};

/** The names of what a step gives to later ones; of a nested molecule those that it had when this one was read. */
export function outputNames({ action, outputs }: StepDefinition): readonly string[] {
  switch (action.kind) {
    case "gate":
      return GATE_OUTPUTS[action.gate.condition.type];
    case "molecule":
      return action.outputs ?? [];
    default:
      return outputs.map(({ name }) => name);
  }
}
