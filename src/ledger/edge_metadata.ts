import type { Json } from "../lib/json.ts";
import { isObject } from "./operation.ts";

/** What the metadata of an edge, which older files carry as JSON in a string, says of the children it waits for. */
export function waitOf(metadata: Json | undefined): [gate: string | null, spawner: string | null] {
  let value = metadata;
  if (typeof value === "string") {
    try {
      value = JSON.parse(value) as Json;
    } catch {
      return [null, null];
    }
  }
  if (!isObject(value)) return [null, null];
  const { gate, spawner_id } = value;
  return [typeof gate === "string" ? gate : null, typeof spawner_id === "string" ? spawner_id : null];
}

/** How the gate of a `conditional-blocks` edge begins that says which groups it belongs to. */
const ANY_FAILED = "any-failed:";

/** Metadata of a `conditional-blocks` edge: in each of these groups, one bead that fails is enough. */
export function conditionMetadata(groups: readonly string[]): Json {
  return { gate: ANY_FAILED + groups.join(",") };
}

/** The groups that the gate of a `conditional-blocks` edge names; none where the edge stands for itself. */
export function conditionGroups(gate: string | null): string[] {
  return gate?.startsWith(ANY_FAILED) ? gate.slice(ANY_FAILED.length).split(",") : [];
}
