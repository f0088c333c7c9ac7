import type { Environment } from "@marcbachmann/cel-js";
import { type Compile, type CompiledExpression, createCompile } from "../../expressions/compile.ts";
import { createEnvironment } from "../../expressions/functions.ts";
import { shareShapes } from "../../expressions/shapes.ts";
import type { VariableDefinition } from "../../definition.ts";
import type { Draft, Use } from "../draft.ts";

/** Reads expressions and checks their types, as far as they are known before a run. */
export interface TypeCheck {
  compile: Compile;
  /** What does not fit, and where in the source. */
  problem(expression: CompiledExpression, use: Use): { message: string; offset: number } | undefined;
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

/** Knows the types of the variables of a draft. */
export function createTypeCheck(draft: Draft): TypeCheck {
  const known = new Map<CompiledExpression["run"], { message?: string; offset: number; type: string }>();
  const check = ({ run }: CompiledExpression) => {
    const before = known.get(run);
    if (before) return before;
    const { valid, type, error } = run.check();
    const found = valid ? { type: String(type), offset: 0 } : {
      type: "",
      message: messageOf((error as { summary?: string }).summary ?? ""),
      offset: (error as { range?: { start: number } }).range?.start ?? 0,
    };
    known.set(run, found);
    return found;
  };
  return {
    compile: shareShapes(createCompile(typedEnvironment(draft))),
    problem: (expression, use) => {
      const { message, offset, type } = check(expression);
      if (message !== undefined) return { message, offset };
      const wanted = WANTED[use];
      if (!wanted || type === "dyn" || type.startsWith(wanted.type)) return undefined;
      return { message: `expected ${wanted.what}, found ${type}`, offset: 0 };
    },
    isHarmless: (expression) => ["int", "double", "bool"].includes(check(expression).type),
  };
}

const WANTED: Readonly<Partial<Record<Use, { type: string; what: string }>>> = {
  condition: { type: "bool", what: "true or false" },
  until: { type: "bool", what: "true or false" },
  list: { type: "list", what: "a list" },
};

function messageOf(summary: string): string {
  const plain = summary.replace(/dyn<([^<>]+)>/g, "$1").replace("google.protobuf.Timestamp", "timestamp");
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}

function typedEnvironment({ vars }: Draft): Environment {
  const environment = createEnvironment({ anyName: false });
  const schema = Object.fromEntries(vars.map(({ variable }) => [variable.name, typeOf(variable)]));
  environment.registerVariable({ name: "vars", schema });
  for (const name of ["steps", "matrix", "item", "bead"]) environment.registerVariable(name, "dyn");
  const run = { id: "string", molecule: "string", version: "int", status: "string", by: "string" };
  environment.registerVariable({ name: "run", schema: run });
  environment.registerVariable("env", "map<string, string>");
  environment.registerVariable("now", "google.protobuf.Timestamp");
  for (const name of ["status", "stdout", "stderr"]) environment.registerVariable(name, "string");
  environment.registerVariable("exit_code", "int");
  return environment;
}

/** One without a value is null, unless it is a text. */
function typeOf({ type, required, default: fallback }: VariableDefinition): string {
  return type === "string" || required || fallback !== undefined ? TYPES[type] : "dyn";
}
