import type { Bead } from "../../../ledger/ledger.ts";
import { CommandError } from "../../../lib/errors.ts";
import type { Json, JsonObject } from "../../../lib/json.ts";
import type { VariableType } from "../../definition.ts";
import { typedValue, variableProblem } from "../../variable_value.ts";

/** What is given for an output of a type, for a message. */
const EXAMPLES: Readonly<Record<VariableType, string>> = {
  string: "TEXT",
  int: "3",
  number: "1.5",
  bool: "true",
  list: "ONE,OTHER",
};

/** Outputs as values of the types that the step of a bead asks for. @throws {CommandError} `output_refused` for another. */
export function typedOutputs(
  bead: Pick<Bead, "id" | "metadata">,
  { given, action }: { given: JsonObject; /** What cannot be done then: `close`. */ action: string },
): JsonObject {
  const types = (bead.metadata.output_types ?? {}) as Readonly<Record<string, VariableType>>;
  const typed = ([name, value]: [string, Json]): [string, Json] => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined) return [name, value];
    const variable = { name, type, required: true };
    const isText = typeof value === "string" && type !== "string";
    const meant = isText ? typedValue(variable, value.trim()) ?? value : value;
    const problem = variableProblem(variable, meant);
    if (problem === undefined) return [name, meant];
    throw new CommandError("refused", `Cannot ${action} "${bead.id}": its output "${name}": ${problem}`, {
      code: "output_refused",
      hints: [
        `Give it so: --output ${name}=${EXAMPLES[type]}`,
        `It cannot be done: bd close ${bead.id} --reason "failed: WHY"`,
      ],
    });
  };
  return Object.fromEntries(Object.entries(given).map(typed));
}
