import { formatDuration } from "../../lib/duration.ts";
import type { Importing, Table } from "./formula.ts";
import { convertText, type Words } from "./formula_text.ts";
import { defined, type StepContext, type StepMap, type StepsOf } from "./step_map.ts";

/** A gate is a step of its own, which the other one needs. */
export function addGate(
  table: Table,
  { step, all, context: { ids, words } }: { step: StepMap; all: StepsOf; context: StepContext },
): void {
  const gate = table.table("gate");
  if (!gate) return;
  const { needs, when } = step;
  const condition = gateOf(gate, words);
  const id = ids.make(`${step.id}-gate`, { of: step.id });
  const made = { id, ...defined({ needs, when }), gate: condition, aspects: false };
  if (condition?.type === "timer") {
    gate.leaveOut(["id", "await_id"], { why: "a timer waits for nothing else", above: made });
  }
  gate.done();
  if (!condition) return;
  all.steps.push(made);
  gate.became(made);
  all.gates.set(step.id, made);
  step.needs = [id];
}

function gateOf(gate: Table, words: Words | undefined): Record<string, unknown> | undefined {
  const { importing, path } = gate;
  const type = gate.text("type") ?? "human";
  const key = gate.has("id") ? "id" : "await_id";
  const written = gate.text("id") ?? gate.text("await_id");
  if (gate.has("id") && gate.has("await_id")) importing.refuse(path, "a gate has id or await_id, not both");
  gate.text("await_id");
  const target = written === undefined
    ? undefined
    : convertText(written, { importing, path: `${path}.${key}`, ...(words ? { words } : {}) });
  const wait = durationOf(gate.text("timeout"), { importing, path: `${path}.timeout` });
  // There the time was how long until somebody is told, not until it fails.
  const told = wait === undefined ? {} : { escalate: { after: wait } };
  const named = (name: string) => {
    if (target === undefined) importing.refuse(path, `a gate of type ${type} needs an id`);
    return { type, [name]: target ?? "", ...told };
  };
  switch (type) {
    case "human":
      return { type, ...defined({ message: target }), ...told };
    case "timer":
      if (wait === undefined) importing.refuse(path, "a gate of type timer needs a timeout");
      importing.note(path, "the time counts from when the step may begin; there it counted from the pour");
      return { type, for: wait ?? "" };
    case "mail":
      return { type, ...defined({ from: target }), ...told };
    case "bead":
      return named("bead");
    case "gh:run":
      return named("run");
    case "gh:pr":
      return named("pr");
    default:
      importing.refuse(`${path}.type`, `there is no gate of type "${type}"`);
      return undefined;
  }
}

/** `24h`, `7d`, `1.5h`. */
function durationOf(
  written: string | undefined,
  { importing, path }: { importing: Importing; path: string },
): string | undefined {
  if (written === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(written)) {
    importing.refuse(path, `"${written}" is no duration`);
    return undefined;
  }
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return formatDuration(parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0));
}
