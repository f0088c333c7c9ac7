import type { JsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

const text = () => v.string("text");
const trimmed = () => v.pipe(text(), v.trim());
const line = () => v.pipe(text(), v.trim(), v.regex(/\S/, "text that is not empty"));
const anyId = "an id such as cs-login, in a-z, 0-9 and -";
const id = () => v.pipe(v.string(anyId), v.regex(/^[a-z0-9]+(-[a-z0-9]+)+(\.[0-9]+)*$/, anyId));
const ids = () => v.array(id(), "a list of ids");
const anyPriority = "a priority from 0 (or P0, critical) to 4";
const priorityNumber = v.pipe(
  v.number(anyPriority),
  v.integer(anyPriority),
  v.minValue(0, anyPriority),
  v.maxValue(4, anyPriority),
);
const priorityText = v.pipe(
  v.string(anyPriority),
  v.regex(/^[Pp]?[0-4]$/, anyPriority),
  v.transform((written) => Number(written.slice(-1))),
);
// One of two shapes is chosen by the value, not by trying: a union would only say that neither fits.
const priority = v.lazy((value) => typeof value === "string" ? priorityText : priorityNumber);

const dollars = v.pipe(v.number("a number, 0 or more"), v.minValue(0, "a number, 0 or more"));
const budget = v.strictObject({
  warn: key(dollars, "Somebody is told then."),
  soft: key(dollars, "Nothing new is begun then."),
  hard: key(dollars, "What is at work is stopped then."),
}, "a budget with `warn`, `soft`, `hard`");

const anyValue = "text, true, false or a list of texts; a number is put in quotes, as it is to be read";
const varText = v.string(anyValue);
const varFlag = v.pipe(v.boolean(anyValue), v.transform(String));
const varList = v.pipe(
  v.array(v.string(anyValue), anyValue),
  v.transform((texts) => JSON.stringify(texts)),
);
const varValue = v.lazy((value) =>
  typeof value === "boolean" ? varFlag : Array.isArray(value) ? varList : varText
);
const vars = v.record(v.string(), varValue, "a map of values by name");

function key<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.exactOptional(v.pipe(schema, v.description(description)));
}

const beadFields = {
  title: key(line(), "What is to be done. Needed for a bead that does not exist yet."),
  description: key(trimmed(), "More about it."),
  acceptance: key(trimmed(), "When it is finished."),
  design: key(trimmed(), "How it is to be done."),
  type: key(line(), "task, bug, feature, epic, chore or decision; task by default."),
  priority: key(priority, "0 or P0 (critical) to 4 or P4; 2 by default."),
  labels: key(v.array(line(), "a list of labels"), "Labels it gets; others that it has stay."),
  deps: key(ids(), "Ids of beads that must be closed first, of this file or not."),
  rig: key(line(), "Where it is slung; that of the convoy by default, then the one of its prefix."),
  agent: key(line(), "Who works it; that of the convoy by default, then that of the rig."),
  molecule: key(line(), "What it is worked by; that of the convoy by default, then that of the rig."),
  vars: key(
    vars,
    "Values of its molecule's variables; where that is the convoy's, beside those of the convoy.",
  ),
  budget: key(budget, "What it may cost, in US dollars."),
};

/** A bead as a convoy's file describes it. */
export const beadSchema = v.strictObject(
  { id: v.pipe(id(), v.description("Its id.")), ...beadFields },
  "an id, or a bead with `id`",
);

const beadById = v.pipe(id(), v.transform((written): v.InferOutput<typeof beadSchema> => ({ id: written })));
const anyBead = v.lazy((value) => typeof value === "object" && value !== null ? beadSchema : beadById);

/** A convoy's file. */
export const convoySchema = v.strictObject({
  name: v.pipe(line(), v.description("What it is called; the file is for the convoy of this name.")),
  owner: key(line(), "Who is told when it lands; whoever applied it by default."),
  watchers: key(v.array(line(), "a list of addresses"), "Others who are told."),
  rig: key(line(), "Where its beads are slung that name no rig."),
  agent: key(line(), "Who works those that name no agent."),
  molecule: key(line(), "What those are worked by that name no molecule."),
  vars: key(vars, "Values of that molecule's variables."),
  budget: key(budget, "What it may cost as a whole, in US dollars."),
  beads: v.pipe(
    v.array(anyBead, "a list of beads"),
    v.minLength(1, "at least one bead"),
    v.description("Its beads: ids of those that exist, or maps."),
  ),
}, "a convoy with `name` and `beads`");

/** A convoy as a file describes it. */
export type ConvoyFile = v.InferOutput<typeof convoySchema>;

/** A bead as a convoy's file describes it; what is absent stays as it is in the ledger. */
export type ConvoyFileBead = v.InferOutput<typeof beadSchema>;

/** The JSON Schema of a convoy's file, for editors; the same schema checks it here. */
export async function convoyJsonSchema(): Promise<JsonSchema> {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const convert = (schema: v.GenericSchema): JsonSchema => {
    const { $schema: _, ...rest } = toJsonSchema(schema, options);
    return rest;
  };
  const options: Parameters<typeof toJsonSchema>[1] = {
    typeMode: "input",
    errorMode: "ignore",
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if (valibotSchema === priority) {
        return { ...jsonSchema, anyOf: [convert(priorityNumber), convert(priorityText)] };
      }
      if (valibotSchema === varValue) return { anyOf: [varText, varFlag, varList].map(convert) };
      return valibotSchema === anyBead ? { anyOf: [convert(beadById), convert(beadSchema)] } : undefined;
    },
  };
  return { ...toJsonSchema(convoySchema, options), title: "A convoy of gt" };
}
