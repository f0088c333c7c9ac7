import { present } from "../../../lib/present.ts";
import { lowerFirst } from "../../../lib/lower_first.ts";
import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import { type Compile, type CompiledExpression, createCompile } from "../../expressions/compile.ts";
import { createEnvironment } from "../../expressions/functions.ts";
import { shareShapes } from "../../expressions/shapes.ts";
import type { VariableDefinition } from "../../definition.ts";
import type { Draft, DraftStep, Use } from "../draft.ts";
import { misuseHint, typeHint } from "./type_hints.ts";
import { statusProblem } from "./status_words.ts";
import type { TypeProblem } from "./type_problem.ts";

/** Reads expressions and checks their types, as far as they are known before a run. */
export interface TypeCheck {
  compile: Compile;
  /** What does not fit where it is used, by the step that it stands in. */
  problem(
    expression: CompiledExpression,
    options: { use: Use; owner: DraftStep | undefined },
  ): TypeProblem | undefined;
  /** Whether it gives a number or a truth value, which no shell could take for anything else. */
  isHarmless(expression: CompiledExpression): boolean;
}

const TYPES: Readonly<Record<VariableDefinition["type"], string>> = {
  string: "string",
  int: "int",
  number: "double",
  bool: "bool",
  list: "list<dyn>",
};

/** What is known of an expression by itself. */
interface Checked {
  /** Empty where something does not fit. */
  type: string;
  problem?: Omit<TypeProblem, "hint"> & { hint?: string | ((source: string) => string) };
}

/** Knows the types of the variables of a draft, and of what its steps give. */
export function createTypeCheck(draft: Draft): TypeCheck {
  const known = new Map<CompiledExpression["run"], Checked>();
  const check = (expression: CompiledExpression): Checked => {
    const before = known.get(expression.run);
    if (before) return before;
    const found = checkTypes(expression);
    known.set(expression.run, found);
    return found;
  };
  const compile = createCompile(typedEnvironment(draft));
  const fanOuts = new Set(
    draft.steps.flatMap(({ step }) => step.matrix || step.forEach ? [step.id] : []),
  );
  return {
    compile: shareShapes(compile),
    problem: (expression, { use, owner }) => {
      const { type, problem } = check(expression);
      if (problem) return withHint(problem, expression.source);
      const source = withKnownRoots(expression, { owner, fanOuts });
      if (source === expression.source) {
        const found = misused(type, use);
        return found && withHint(found, source);
      }
      const closer = check(compile(source));
      const found = closer.problem ?? misused(closer.type, use);
      if (!found) return undefined;
      return withHint(
        source.includes(LISTS) ? { ...found, hint: "; outputs of a fan-out are lists" } : found,
        expression.source,
      );
    },
    isHarmless: (expression) => ["int", "double", "bool"].includes(check(expression).type),
  };
}

function withHint({ hint, ...problem }: NonNullable<Checked["problem"]>, source: string): TypeProblem {
  return { ...problem, ...present({ hint: typeof hint === "function" ? hint(source) : hint }) };
}

function checkTypes(expression: CompiledExpression): Checked {
  const { valid, type, error } = expression.run.check();
  if (valid) {
    const problem = statusProblem(expression);
    return { type: String(type), ...(problem ? { problem } : {}) };
  }
  const { summary = "", range, node } = error as {
    summary?: string;
    range?: { start: number };
    node?: ASTNode;
  };
  // Of expressions that differ in the ids of steps only the first is checked: each says what to write for its own.
  const hint = (source: string) => typeHint({ summary: plainTypes(summary), ...present({ node }) }, source);
  return { type: "", problem: { message: lowerFirst(plainTypes(summary)), hint, offset: range?.start ?? 0 } };
}

function misused(type: string, use: Use): Checked["problem"] {
  const wanted = WANTED[use];
  if (!wanted || type === "dyn" || type.startsWith(wanted.type)) return undefined;
  return {
    message: `expected ${wanted.what}, found ${type}`,
    hint: (source) => misuseHint(source, { type, wanted: wanted.type }),
    offset: 0,
  };
}

/** Of what is not the same for all steps the types are those of other names: as long, so that places stay what they are. */
const LISTS = "lists";
const MATRIX: Readonly<Record<string, string>> = {
  string: "m_text",
  int: "m_ints",
  double: "m_real",
  bool: "m_bool",
};

function withKnownRoots(
  { source, reads }: CompiledExpression,
  { owner, fanOuts }: { owner: DraftStep | undefined; fanOuts: ReadonlySet<string> },
): string {
  let known = source;
  for (const { path: [root, name], start } of reads) {
    const other = root === "matrix"
      ? MATRIX[typeOfAxis(owner, name)]
      : root === "steps" && name !== undefined && fanOuts.has(name) && name !== owner?.step.id
      ? LISTS
      : undefined;
    if (other === undefined || !known.startsWith(root!, start)) continue;
    known = known.slice(0, start) + other + known.slice(start + other.length);
  }
  return known;
}

/** The type of all values of an axis of a matrix; empty where they have several. */
function typeOfAxis(owner: DraftStep | undefined, name: string | undefined): string {
  const types = new Set(
    (owner?.step.matrix ?? []).map((row) => {
      const value = name === undefined ? undefined : row[name];
      return typeof value === "number" ? Number.isSafeInteger(value) ? "int" : "double" : typeof value;
    }),
  );
  const [type = "", other] = types;
  return other === undefined ? type === "boolean" ? "bool" : type : "";
}

const WANTED: Readonly<Partial<Record<Use, { type: string; what: string }>>> = {
  condition: { type: "bool", what: "true or false" },
  until: { type: "bool", what: "true or false" },
  list: { type: "list", what: "a list" },
};

function plainTypes(summary: string): string {
  return summary.replace(/dyn<([^<>]+)>/g, "$1").replace("google.protobuf.Timestamp", "timestamp");
}

function typedEnvironment({ vars }: Draft): Environment {
  const environment = createEnvironment({ anyName: false });
  const schema = Object.fromEntries(vars.map(({ variable }) => [variable.name, typeOf(variable)]));
  environment.registerVariable({ name: "vars", schema });
  environment.registerType("step", { schema: viewOf("dyn") });
  environment.registerType("fan-out", { schema: viewOf("list<dyn>") });
  environment.registerVariable("steps", "map<string, step>");
  environment.registerVariable(LISTS, "map<string, fan-out>");
  for (const [type, name] of Object.entries(MATRIX)) {
    environment.registerVariable(name, `map<string, ${type}>`);
  }
  for (const name of ["matrix", "item", "bead"]) environment.registerVariable(name, "dyn");
  const run = { id: "string", molecule: "string", version: "int", status: "string", by: "string" };
  environment.registerVariable({ name: "run", schema: run });
  environment.registerVariable("env", "map<string, string>");
  environment.registerVariable("now", "google.protobuf.Timestamp");
  for (const name of ["status", "stdout", "stderr"]) environment.registerVariable(name, "string");
  environment.registerVariable("exit_code", "int");
  return environment;
}

function viewOf(output: string) {
  return { status: "string", outputs: `map<string, ${output}>`, attempt: "int" };
}

/** One without a value is null, unless it is a text. */
function typeOf({ type, required, default: fallback }: VariableDefinition): string {
  return type === "string" || required || fallback !== undefined ? TYPES[type] : "dyn";
}
