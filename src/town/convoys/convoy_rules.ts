import { ringsOf, stepGraph } from "../../molecules/step_graph.ts";
import type { FoundProblem } from "./convoy_problem.ts";
import type { LooseConvoy, LooseNames } from "./loose_convoy.ts";

/** What the types alone cannot say: no id twice, no bead that waits for itself, no values without their molecule. */
export function brokenRules(file: LooseConvoy): FoundProblem[] {
  const seen = new Set<string>();
  const found: FoundProblem[] = lonelyValues(file, { molecule: file.molecule, path: [] });
  for (const [at, bead] of file.beads.entries()) {
    const { id, deps } = bead;
    const path = ["beads", at];
    const molecule = bead.molecule ?? file.molecule;
    found.push(...lonelyValues(bead, { molecule, path }));
    if (id === undefined) continue;
    if (seen.has(id)) found.push({ path, rule: "duplicate-id", message: `"${id}" stands here twice` });
    seen.add(id);
    const self = deps.indexOf(id);
    if (self >= 0) {
      found.push({
        path: [...path, "deps", self],
        rule: "cycle",
        message: `"${id}" cannot depend on itself`,
      });
    }
  }
  return [...found, ...ringsAmong(file)];
}

function lonelyValues(
  { vars }: LooseNames,
  { molecule, path }: { molecule: string | undefined; path: FoundProblem["path"] },
): FoundProblem[] {
  if (molecule !== undefined || Object.keys(vars).length === 0) return [];
  const message = "vars: no `molecule` is named that would take them";
  return [{ path: [...path, "vars"], rule: "variable", message, isKey: true }];
}

/** Beads that wait for each other. */
function ringsAmong({ beads }: LooseConvoy): FoundProblem[] {
  const graph = stepGraph(beads.map(({ id = "", deps }) => ({
    id,
    needs: { mode: "all", of: deps.flatMap((dep) => dep === undefined || dep === id ? [] : dep) },
  })));
  return ringsOf(graph).map((ring) => {
    const [first, second] = [beads[ring[0]!]!, beads[ring[1]!]!];
    return {
      path: ["beads", ring[0]!, "deps", first.deps.indexOf(second.id!)],
      rule: "cycle",
      message: `these wait for each other: ${ring.map((position) => beads[position]!.id).join(" → ")}`,
    };
  });
}
