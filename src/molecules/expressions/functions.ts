import { Environment } from "@marcbachmann/cel-js";
import type { Json } from "../../lib/json.ts";
import { quoteWords } from "../../lib/quote_words.ts";
import { asText, fromCel, toCel } from "./values.ts";

/** A function that expressions have beyond those of CEL. */
export interface ExpressionFunction {
  signature: string;
  description: string;
  call(...values: never[]): unknown;
}

/** The functions of expressions beyond those of CEL; none reads anything but its arguments. */
export const expressionFunctions: readonly ExpressionFunction[] = [
  {
    signature: "quote(dyn): string",
    description: "The text, or each text of a list, as one word of a shell.",
    call: (value: unknown) => quoteWords((Array.isArray(value) ? value : [value]).map(textOf)),
  },
  {
    signature: "text(dyn): string",
    description: "The value as it stands in a text: nothing for null, lists and maps as JSON.",
    call: textOf,
  },
  {
    signature: "json(string): dyn",
    description: "The value that a JSON text stands for.",
    call: (text: string) => toCel(JSON.parse(text)),
  },
  {
    signature: "to_json(dyn): string",
    description: "The value as JSON.",
    call: (value: unknown) => JSON.stringify(fromCel(value)),
  },
  {
    signature: "lines(string): list<string>",
    description: "The lines of a text that are not blank, without blanks around them.",
    call: (text: string) => text.split("\n").map((line) => line.trim()).filter((line) => line !== ""),
  },
  {
    signature: "string.replace(string, string): string",
    description: "The text with each occurrence of the first replaced by the second.",
    call: (text: string, what: string, by: string) => text.replaceAll(what, by),
  },
  {
    signature: "string(google.protobuf.Timestamp): string",
    description: "The moment as RFC 3339.",
    call: (moment: unknown) => fromCel(moment),
  },
];

function textOf(value: unknown): string {
  return asText(fromCel(value));
}

const LIMITS = { maxAstNodes: 5_000, maxDepth: 60, maxListElements: 1_000, maxMapEntries: 1_000 };

/** An environment of CEL with the functions of molecules; names that are not declared are unknown, or of any type. */
export function createEnvironment({ anyName }: { anyName: boolean }): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: anyName,
    homogeneousAggregateLiterals: false,
    limits: LIMITS,
  });
  for (const { signature, description, call } of expressionFunctions) {
    environment.registerFunction(signature, call as (...values: unknown[]) => Json, { description });
  }
  return environment;
}
