import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { innerStep, molecule, step } from "./schema.ts";
import { gate } from "./schema_gate.ts";
import { caseFile } from "../testing/schema.ts";

/** The JSON Schema of a file of cases, for editors; the same schema checks it here. */
export function casesJsonSchema(): JsonSchema {
  return {
    ...toJsonSchema(caseFile as GenericSchema, { typeMode: "input" }),
    title: "Cases of a molecule of gt",
  };
}

/** The JSON Schema of a molecule's file, for editors; the same schema checks it here. */
export function moleculeJsonSchema(): JsonSchema {
  const schema = toJsonSchema(molecule as GenericSchema, {
    typeMode: "input",
    definitions: {
      gate: gate as GenericSchema,
      innerStep: innerStep as GenericSchema,
      step: step as GenericSchema,
    },
  });
  return { ...schema, title: "A molecule of gt" };
}
