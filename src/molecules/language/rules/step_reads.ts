import { type Compile, compiledIfSound, type Read } from "../../expressions/compile.ts";
import { outputNames } from "../../step_outputs.ts";
import type { StepDefinition } from "../../definition.ts";
import type { DraftStep } from "../draft.ts";
import { type Rule, shortened, suggestion } from "../problem.ts";
import type { ReadableNames } from "./scopes.ts";

/** What every step has. */
const FIELDS = ["status", "outputs", "attempt"];

/** What is wrong with a path that begins with `steps`. */
export function stepReadProblem(
  read: Read,
  { readable, source }: { readable: ReadableNames; source: string },
): { rule: Rule; message: string } | undefined {
  const [, id, field, output] = read.path;
  const { stepById, draft, owner } = readable;
  if (id === undefined) {
    const unquoted = /^steps\[([\w-]+)\]/.exec(source.slice(read.start))?.[1] ?? "ID";
    const way = readable.stepById.has(unquoted) ? `steps["${unquoted}"]` : 'steps.ID, or steps["ID"]';
    return { rule: "unknown-step", message: `name the step that is read: ${way}` };
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
    return {
      rule: "unknown-output",
      message: `a step has no "${field}"${outputHint(field, outputNames(step))}`,
    };
  }
  if (field !== "outputs" || output === undefined) return undefined;
  // That a molecule cannot be read is said where it is named.
  if (step.action.kind === "molecule" && !step.action.outputs) return undefined;
  const known = outputNames(step);
  if (known.includes(output)) return undefined;
  const declared = known.length === 0 ? "; it declares none" : suggestion(output, known);
  return { rule: "unknown-output", message: `"${id}" has no output "${output}"${declared}` };
}

/** Outputs of a step that may not have ended, unless it is asked first how it stands, also where a step begins at all. */
export function sureProblem(
  { path: [, id, field], isAsked }: Read,
  { readable, reads, compile }: { readable: ReadableNames; reads: readonly Read[]; compile: Compile },
): { rule: Rule; message: string } | undefined {
  if (id === undefined || field !== "outputs" || isAsked || readable.isSure(id)) return undefined;
  const { owner, key } = readable;
  const asked = owner ? readsOfWhen(owner.step, compile) : [];
  const isAskedFirst = [...reads, ...asked].some((read) => asksFor(id, read));
  if (isAskedFirst) return undefined;
  const why = owner
    ? `"${owner.step.id}" does not wait for all that comes before it`
    : key === "group"
    ? "it is read when the run begins"
    : `"${key}" is for every step`;
  return {
    rule: "not-a-need",
    message: `"${id}" may not have run yet: ${why}; ask for ${pathOf(id)}.status first`,
  };
}

/** An output that a step has not given where it was skipped, or failed without harm, unless that is asked for first. */
export function absentProblem(
  { path: [, id, field, output], isAsked }: Read,
  { readable, reads, compile }: { readable: ReadableNames; reads: readonly Read[]; compile: Compile },
): { rule: Rule; message: string } | undefined {
  const { owner, stepById } = readable;
  if (id === undefined || field !== "outputs" || output === undefined || isAsked) return undefined;
  const other = stepById.get(id);
  if (!other || other.step.id === owner?.step.id) return undefined;
  const why = whyAbsent(other.step, { owner, reads, compile });
  if (why === undefined || reads.some((read) => asksFor(id, read) || isWhole(id, read))) return undefined;
  if (isAskedBefore(id, { readable, compile })) return undefined;
  const path = `${pathOf(id)}.outputs.${output}`;
  return {
    rule: "absent-output",
    message: `"${id}" may have no "${output}": ${why}; ask first, as in has(${path}) ? ${path} : ""`,
  };
}

function whyAbsent(
  { id, action, allowFailure, timeout, when, matrix, forEach }: StepDefinition,
  { owner, reads, compile }: { owner: DraftStep | undefined; reads: readonly Read[]; compile: Compile },
): string | undefined {
  // A fan-out gives its lists however its elements have ended.
  const fansOut = matrix !== undefined || forEach !== undefined;
  if (allowFailure && !fansOut) return "its failure is allowed";
  if (!fansOut && action.kind === "gate" && action.gate.onTimeout === "succeed" && timeout !== undefined) {
    return "it succeeds without any when its time is over";
  }
  // Two conditions may be one and the same, and what is strict is skipped with it.
  if (!when || owner?.step.when || owner?.step.strict) return undefined;
  const conditions = readsOfWhen({ when }, compile);
  if (conditions.length === 0) return undefined;
  const isOfElement = fansOut && conditions.some(({ path: [root] }) => root === "matrix" || root === "item");
  return isOfElement || isDecided(id, { reads, conditions })
    ? undefined
    : `it is skipped unless ${shortened(when.source, 60)}`;
}

/** Whether an expression asks what the condition of a step asks, or how the step stands that runs in its place. */
function isDecided(
  id: string,
  { reads, conditions }: { reads: readonly Read[]; conditions: readonly Read[] },
): boolean {
  const asked = new Set(conditions.map(({ path }) => JSON.stringify(path)));
  return reads.some((read) => {
    const [root, other] = read.path;
    const isOfOther = root === "steps" && other !== undefined && other !== id;
    return asked.has(JSON.stringify(read.path)) ||
      isOfOther && (asksFor(other, read) || isWhole(other, read));
  });
}

/** Whether the step it stands in begins only after something was asked of another: by its condition, or one it is skipped with. */
function isAskedBefore(
  id: string,
  { readable: { owner, key, stepById }, compile }: { readable: ReadableNames; compile: Compile },
): boolean {
  const conditional = new Set(owner ? [owner.step] : []);
  for (const { strict, needs } of conditional) {
    if (!strict) continue;
    for (const need of needs.of) {
      const step = stepById.get(need)?.step;
      if (step) conditional.add(step);
    }
  }
  // What its own condition reads of the step is wrong there, if it is.
  const others = [...conditional].filter((step) => step !== owner?.step || key !== "when");
  return others.some((step) =>
    readsOfWhen(step, compile).some(({ path }) => path[0] === "steps" && path[1] === id)
  );
}

/** Whether it asks how a step stands, or what it has given. */
function asksFor(id: string, { path, isAsked }: Read): boolean {
  return path[0] === "steps" && path[1] === id && (isAsked || path[2] === "status");
}

/** Whether all outputs of a step are read at once, as in `"o" in steps.a.outputs`. */
function isWhole(id: string, { path, dynamic }: Read): boolean {
  return path.length === 3 && path[0] === "steps" && path[1] === id && path[2] === "outputs" && !dynamic;
}

/** What the condition of a step reads. */
function readsOfWhen({ when }: Pick<StepDefinition, "when">, compile: Compile): readonly Read[] {
  return when ? compiledIfSound(compile, when.source)?.reads ?? [] : [];
}

function pathOf(id: string): string {
  return /^[A-Za-z_]\w*$/.test(id) ? `steps.${id}` : `steps["${id}"]`;
}

function outputHint(field: string, outputs: readonly string[]): string {
  if (["stdout", "stderr", "exit_code"].includes(field)) {
    return `; its own outputs read it as ${field}, other steps what those give: outputs: { NAME: '{{ ${field} }}' }`;
  }
  return outputs.includes(field) ? `; did you mean "outputs.${field}"?` : suggestion(field, FIELDS);
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
