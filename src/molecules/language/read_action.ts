import { present } from "../../lib/present.ts";
import type { ConvoyChoice, StepAction } from "../definition.ts";
import type { DraftStep } from "./draft.ts";
import { child, entriesOf, type Field, keyPlaceOf, placeOf } from "./field.ts";
import { readGate } from "./read_gate.ts";
import type { WrittenStep } from "./schema.ts";
import type { Uses } from "./uses.ts";
import { readAgent } from "./read_agent.ts";

/** Keys of which a step has one at most: it says what the step is. */
export const KINDS = ["run", "prompt", "gate", "molecule", "convoy"] as const;

/** What a step is: the one of these keys that it has, a checklist item without any. */
export type Kind = (typeof KINDS)[number] | "checklist";

/** The kind of a step; a second one is reported. */
export function kindOf(step: Field<WrittenStep>): Kind {
  const [first, ...others] = KINDS.filter((kind) => step.value[kind] !== undefined);
  for (const other of others) {
    step.file.report.error(keyPlaceOf(child(step, other)!), {
      rule: "kind",
      message: `"${first}" and "${other}" in one step: it is one of ${KINDS.join(", ")}`,
    });
  }
  return first ?? "checklist";
}

/** Keys that only some kinds of steps have a use for. */
export const USEFUL: Readonly<Partial<Record<keyof WrittenStep, readonly Kind[]>>> = {
  cwd: ["run"],
  stdin: ["run"],
  env: ["run"],
  secrets: ["run"],
  cache: ["run"],
  agent: ["prompt"],
  with: ["molecule"],
  outputs: ["run", "prompt", "checklist"],
  heartbeat: ["run"],
  repeat: ["run", "prompt", "molecule"],
  retry: ["run", "prompt", "molecule", "convoy"],
  timeout: ["run", "prompt", "gate", "molecule", "convoy"],
  budget: ["run", "prompt", "molecule", "convoy"],
};

/** Reports keys that would do nothing. */
export function checkPlacement(step: Field<WrittenStep>, kind: Kind): void {
  const complain = (key: keyof WrittenStep, message: string) =>
    step.file.report.error(keyPlaceOf(child(step, key)!), { rule: "misplaced-key", message });
  for (const name in step.value) {
    const key = name as keyof WrittenStep;
    const kinds = USEFUL[key];
    if (!kinds || step.value[key] === undefined || kinds.includes(kind)) continue;
    const what = kind === "checklist" ? "a checklist item" : `a step with "${kind}"`;
    complain(key, `"${key}" means nothing in ${what}; it belongs to ${kinds.join(", ")}`);
  }
  checkBudget(step, kind);
  const { matrix, for_each: forEach, max_parallel: most, repeat } = step.value;
  if (matrix !== undefined && forEach !== undefined) {
    complain("for_each", '"matrix" and "for_each" in one step');
  }
  const fansOut = matrix !== undefined || forEach !== undefined;
  if (most !== undefined && !fansOut) {
    complain("max_parallel", '"max_parallel" means nothing without "matrix" or "for_each"');
  }
  if (repeat !== undefined && step.value.cache !== undefined) {
    complain("cache", '"cache" cannot stand beside "repeat": each time would give what the first one gave');
  }
  if (repeat !== undefined && fansOut) {
    complain("repeat", `"repeat" cannot stand beside "${matrix === undefined ? "for_each" : "matrix"}"`);
  }
}

function checkBudget(step: Field<WrittenStep>, kind: Kind): void {
  const budget = child(step, "budget");
  if (!budget || kind === "prompt") return;
  for (const name of ["tokens", "usd"] as const) {
    const key = child(budget, name);
    if (!key) continue;
    const message = `"${name}" is for what the agent of a prompt uses` +
      (kind === "molecule" ? "; give the molecule that is run a budget" : "");
    step.file.report.error(keyPlaceOf(key), { rule: "misplaced-key", message });
  }
}

/** What a step does. */
export function readAction(
  step: Field<WrittenStep>,
  { kind, uses }: { kind: Kind; uses: Uses },
): { action: StepAction; nested?: DraftStep["nested"] } {
  switch (kind) {
    case "run": {
      const cwd = uses.text(child(step, "cwd"), { key: "cwd", needed: "cwd" });
      const stdin = uses.text(child(step, "stdin"), { key: "stdin" });
      const command = uses.text(child(step, "run")!, { key: "run", use: "shell", needed: "run" });
      return { action: { kind, command, ...present({ cwd, stdin }) } };
    }
    case "prompt": {
      const own = child(step, "agent");
      const agent = own && readAgent(own, uses);
      const prompt = uses.text(child(step, "prompt")!, { key: "prompt", trim: true, needed: "prompt" });
      return { action: { kind, prompt, ...present({ agent }) } };
    }
    case "gate":
      return { action: { kind, gate: readGate(child(step, "gate")!, uses) } };
    case "molecule":
      return readNested(step, uses);
    case "convoy":
      return { action: { kind, convoy: readConvoy(step, uses) } };
    case "checklist":
      return { action: { kind } };
  }
}

function readNested(
  step: Field<WrittenStep>,
  uses: Uses,
): { action: StepAction; nested: DraftStep["nested"] } {
  const name = child(step, "molecule")!;
  const values = child(step, "with");
  return {
    action: { kind: "molecule", molecule: name.value, with: uses.map(values, { key: "with" }) },
    nested: {
      place: placeOf(name),
      file: step.file,
      with: entriesOf(values).map(([key, field]) => ({
        name: key,
        place: keyPlaceOf(field),
        valuePlace: placeOf(field),
        isList: field.node.kind === "list",
      })),
    },
  };
}

function readConvoy(step: Field<WrittenStep>, uses: Uses): ConvoyChoice {
  const convoy = child(step, "convoy")!;
  if (typeof convoy.value === "string") return { name: uses.text(convoy, { key: "convoy" }), beads: [] };
  const map = convoy as Field<Extract<typeof convoy.value, object>>;
  return {
    beads: uses.texts(child(map, "beads"), { key: "beads" }),
    ...present({
      title: uses.text(child(map, "title")),
      rig: uses.text(child(map, "rig")),
      agent: uses.text(child(map, "agent")),
      molecule: uses.text(child(map, "molecule")),
    }),
  };
}
