import type { Json, JsonObject } from "../../lib/json.ts";
import type { Definition } from "../../molecules/definition.ts";
import { moleculeShape, stepShape } from "./library.ts";

/** What differs between two texts of a molecule, in one step or outside of all. */
export type DefinitionChange = {
  kind: "added" | "removed" | "changed";
  /** Id of the step, or `molecule`. */
  what: string;
  /** Fields by path, `action.command`, as JSON or as the text they are; none for a step that is new or gone. */
  fields: { path: string; before?: string; after?: string }[];
};

const SECTIONS = ["steps", "onFailure", "finally"] as const;
/** What says nothing about what a run does. */
const IGNORED: ReadonlySet<string> = new Set(["hash", "source", "place", "places", ...SECTIONS]);

/** What differs between two definitions, one after the other in the order of the new one; each step is only shaped then. */
export function* definitionChanges(before: Definition, after: Definition): Generator<DefinitionChange> {
  const [old, now] = [stepsOf(before), stepsOf(after)];
  const whole = differences(shapeBeside(before), shapeBeside(after));
  if (whole.length > 0) yield { kind: "changed", what: "molecule", fields: whole };
  for (const [id, step] of now) {
    const known = old.get(id);
    const fields = known
      ? differences(known(), step())
      : differences({}, step()).filter(({ path }) => isTelling(path));
    if (!known) yield { kind: "added", what: id, fields };
    else if (fields.length > 0) yield { kind: "changed", what: id, fields };
  }
  for (const id of old.keys()) if (!now.has(id)) yield { kind: "removed", what: id, fields: [] };
}

/** Of a new step only what its file is likely to say, without what is filled in. */
function isTelling(path: string): boolean {
  return path.startsWith("action.") && path !== "action.kind" || path === "needs.of" || path === "when";
}

function shapeBeside(definition: Definition): JsonObject {
  return moleculeShape({ ...definition, steps: [], onFailure: [], finally: [] });
}

/** What gives the shape of each step, by its id. */
function stepsOf(definition: Definition): Map<string, () => JsonObject> {
  const steps = SECTIONS.flatMap((section) => definition[section].map((step) => ({ step, section })));
  return new Map(steps.map(({ step, section }) => [step.id, () => ({ ...stepShape(step), section })]));
}

function differences(before: JsonObject, after: JsonObject): DefinitionChange["fields"] {
  const [old, now] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [one, other] = [old.get(path), now.get(path)];
    if (one === other) return [];
    return [{
      path,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }];
  });
}

/** Every value that is no object, by its path. */
function leaves(value: JsonObject, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, inner] of Object.entries(value)) {
    if (IGNORED.has(name) || inner === undefined) continue;
    const path = `${prefix}${name}`;
    if (isObject(inner)) { for (const [deeper, text] of leaves(inner, `${path}.`)) found.set(deeper, text); }
    else found.set(path, typeof inner === "string" ? inner.trimEnd() : JSON.stringify(inner));
  }
  return found;
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
