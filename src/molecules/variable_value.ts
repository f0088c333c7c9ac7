import type { Json } from "../lib/json.ts";
import type { VariableDefinition } from "./definition.ts";

/** A value given as text, as its variable's type has it; undefined where it is none of that type. */
export function typedValue({ type }: VariableDefinition, given: string): Json | undefined {
  if (type === "string") return given;
  if (type === "int") return /^[-+]?\d{1,15}$/.test(given) ? Number(given) : undefined;
  if (type === "number") {
    return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(given) ? Number(given) : undefined;
  }
  if (type === "bool") return given === "true" ? true : given === "false" ? false : undefined;
  return listOf(given);
}

/** A list is JSON, or words with commas between them. */
function listOf(given: string): Json | undefined {
  const first = given.trimStart()[0];
  if (first === "{") return undefined;
  if (first !== "[") {
    return given === "" ? [] : given.split(",").map((word) => word.trim());
  }
  try {
    const parsed: Json = JSON.parse(given);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The types of values. */
export const VARIABLE_TYPES = ["string", "int", "number", "bool", "list"] as const;

const TYPES: Readonly<Record<VariableDefinition["type"], { what: string; holds(value: Json): boolean }>> = {
  string: { what: "text", holds: (value) => typeof value === "string" },
  int: { what: "a whole number", holds: (value) => Number.isInteger(value) },
  number: { what: "a number", holds: (value) => typeof value === "number" },
  bool: { what: "true or false", holds: (value) => typeof value === "boolean" },
  list: { what: "a list", holds: (value) => Array.isArray(value) },
};

/** What a value of a type is, as a person would say it. */
export function typeInWords({ type }: VariableDefinition): string {
  return TYPES[type].what;
}

/** Why a variable does not take a value; undefined when it does. */
export function variableProblem(variable: VariableDefinition, value: Json): string | undefined {
  const { type, enum: choices, pattern } = variable;
  const shown = JSON.stringify(value);
  if (!TYPES[type].holds(value)) return `expected ${TYPES[type].what}, found ${shown}`;
  if (choices && !choices.includes(value)) return `expected one of ${choices.join(", ")}, found ${shown}`;
  if (pattern === undefined) return undefined;
  return matches(pattern, String(value)) ? undefined : `expected what matches ${pattern}, found ${shown}`;
}

/** A pattern is for the whole value; one that is none takes all. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}

/** Why a variable does not take a value that is given as text; undefined when it does. */
export function textProblem(variable: VariableDefinition, text: string): string | undefined {
  const value = typedValue(variable, text);
  return value === undefined
    ? `expected ${typeInWords(variable)}, found ${JSON.stringify(text)}`
    : variableProblem(variable, value);
}
