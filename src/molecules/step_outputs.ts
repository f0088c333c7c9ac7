import type { GateCondition, StepDefinition } from "./definition.ts";

/** What each type of gate gives once it has opened, by name, and what that is. */
export const GATE_OUTPUTS: Readonly<Record<GateCondition["type"], Readonly<Record<string, string>>>> = {
  human: { by: "Who approved.", comment: "What was said with it; empty where nothing was." },
  timer: {},
  cron: {},
  bead: { reason: "With what reason the bead was closed." },
  mail: { from: "The sender.", subject: "The subject.", body: "The text." },
  "gh:run": { conclusion: "How the run ended: success.", url: "Its address." },
  "gh:pr": { state: "merged, closed or open.", url: "Its address." },
  command: { stdout: "What it printed when it opened: the last 64 KiB, without blanks around it." },
};

/** The names of what a step gives to later ones; of a nested molecule those that it had when this one was read. */
export function outputNames({ action, outputs }: StepDefinition): readonly string[] {
  switch (action.kind) {
    case "gate":
      return Object.keys(GATE_OUTPUTS[action.gate.condition.type]);
    case "molecule":
      return action.outputs ?? [];
    default:
      return outputs.map(({ name }) => name);
  }
}
