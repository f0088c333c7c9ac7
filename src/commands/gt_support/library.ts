import type { JsonObject } from "../../lib/json.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Library, Listed } from "../../molecules/library.ts";
import type { Molecule } from "../../molecules/molecule.ts";
import { townPaths } from "../../town/paths.ts";
import { townAbove } from "../../town/town.ts";

/** The molecules of the town the call is about, or only the built-in ones outside of every town. */
export function libraryHere(ports: Ports): Library {
  const root = ports.env.get("GT_TOWN") ?? townAbove(ports, ports.env.cwd());
  return root === undefined ? { ports } : { ports, folder: townPaths(root).molecules };
}

/** A row of `gt mol list --json`. */
export function listedShape(listed: Listed): JsonObject {
  const { name, source } = listed;
  if ("error" in listed) {
    const { message, code, hints } = listed.error;
    return { name, source, error: { message, code, hints: [...hints] } };
  }
  const { version, description, steps, vars } = listed.molecule;
  return {
    ...{ name, type: "workflow", source, version, steps: steps.length, vars: vars.length },
    ...(description === undefined ? {} : { description }),
  };
}

/** What `gt mol show --json` gives. */
export function moleculeShape(molecule: Molecule): JsonObject {
  const { name, steps, vars, ...rest } = molecule;
  return {
    molecule: name,
    ...rest,
    vars: vars.map((variable) => ({ ...variable })) as unknown as JsonObject[],
    steps: steps.map((step) => ({ ...step })) as unknown as JsonObject[],
  };
}
