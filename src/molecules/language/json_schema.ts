import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { type Kind, KINDS, USEFUL } from "./read_action.ts";
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

/**
 * The JSON Schema of a molecule's file, for editors; the same schema checks it here, and beside it `read_action.ts` and
 * the like hold to what is added to it.
 */
export function moleculeJsonSchema(): JsonSchema {
  const schema = toJsonSchema(molecule as GenericSchema, {
    typeMode: "input",
    definitions: {
      gate: gate as GenericSchema,
      innerStep: innerStep as GenericSchema,
      step: step as GenericSchema,
    },
  });
  const defs = schema.$defs as Readonly<Record<"gate" | "innerStep" | "step", JsonSchema>>;
  const $defs = { gate: withEnd(defs.gate), innerStep: withKind(defs.innerStep), step: withKind(defs.step) };
  return { ...schema, $defs, title: "A molecule of gt" };
}

/** A step is one thing at most, has only keys that it has a use for, and needs in one form. */
function withKind(step: JsonSchema): JsonSchema {
  const both = KINDS.flatMap((kind, at) => KINDS.slice(at + 1).map((other) => ({ required: [kind, other] })));
  const isKind = (kind: Kind) =>
    kind === "checklist"
      ? { not: { anyOf: KINDS.map((each) => ({ required: [each] })) } }
      : { required: [kind] };
  const useful = Object.entries(USEFUL).map(([key, kinds]) => [key, { anyOf: kinds.map(isKind) }]);
  const { needs, gate } = step.properties as Readonly<Record<string, JsonSchema>>;
  const forms = needs!.anyOf!.map((form) =>
    (form as JsonSchema).properties === undefined ? form : {
      ...(form as JsonSchema),
      oneOf: [["all"], ["any"], ["quorum", "of"]].map((required) => ({ required })),
    }
  );
  return {
    ...step,
    properties: {
      ...step.properties,
      needs: { ...needs, anyOf: forms },
      gate: { $ref: "#/$defs/gate", description: gate!.description! },
    },
    not: { anyOf: [...both, { required: ["matrix", "for_each"] }] },
    dependencies: Object.fromEntries(useful),
  };
}

/** A timer ends after a time or at one. */
function withEnd(gates: JsonSchema): JsonSchema {
  const oneOf = gates.oneOf!.map((each) => {
    const { properties } = each as JsonSchema;
    const isTimer = (properties!.type as JsonSchema).const === "timer";
    return isTimer
      ? { ...(each as JsonSchema), oneOf: [{ required: ["for"] }, { required: ["until"] }] }
      : each;
  });
  return { ...gates, oneOf };
}
