import type { Read } from "../../expressions/compile.ts";
import { GATE_OUTPUTS } from "../../gate_outputs.ts";
import { type Rule, suggestion } from "../problem.ts";
import type { ReadableNames } from "./scopes.ts";

/** What every step has. */
const FIELDS = ["status", "outputs", "attempt"];

/** What is wrong with a path that begins with `steps`. */
export function stepReadProblem(
  read: Read,
  readable: ReadableNames,
): { rule: Rule; message: string } | undefined {
  const [, id, field, output] = read.path;
  const { stepById, draft, owner } = readable;
  if (id === undefined) {
    return { rule: "unknown-step", message: 'name the step that is read: steps.ID, or steps["ID"]' };
  }
  const step = stepById.get(id)?.step;
  if (!step) return draft.ids.has(id) ? undefined : unknownStep(id, readable);
  if (!readable.isEarlier(id)) {
    const message = id === owner?.step.id
      ? `"${id}" reads itself before it has run`
      : `"${id}" may not have run yet: it is not among the needs of "${owner?.step.id}"`;
    return { rule: "not-a-need", message };
  }
  if (field === undefined) return undefined;
  if (!FIELDS.includes(field)) {
    return { rule: "unknown-output", message: `a step has no "${field}"${outputHint(field, step.outputs)}` };
  }
  if (field !== "outputs" || output === undefined || step.action.kind === "molecule") return undefined;
  const { action } = step;
  const known = action.kind === "gate"
    ? GATE_OUTPUTS[action.gate.condition.type]
    : step.outputs.map(({ name }) => name);
  if (known.includes(output)) return undefined;
  const declared = known.length === 0 ? "; it declares none" : suggestion(output, known);
  return { rule: "unknown-output", message: `"${id}" has no output "${output}"${declared}` };
}

function outputHint(field: string, outputs: readonly { name: string }[]): string {
  return outputs.some(({ name }) => name === field)
    ? `; did you mean "outputs.${field}"?`
    : suggestion(field, FIELDS);
}

/** `steps.run-it.status` is a subtraction for CEL. */
function unknownStep(id: string, { stepById }: ReadableNames): { rule: Rule; message: string } {
  const known = [...stepById.keys()];
  const hyphenated = known.find((each) => each.startsWith(`${id}-`));
  const hint = hyphenated
    ? `; a name with a hyphen is read as steps["${hyphenated}"]`
    : suggestion(id, known);
  return { rule: "unknown-step", message: `there is no step "${id}"${hint}` };
}
