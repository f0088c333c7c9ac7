import { readDesired } from "../town/desired.ts";
import { ok, type TownPart, warn } from "../town/town_part.ts";
import { leftoverWorkers, reconcileWorkers } from "./reconcile.ts";

/** Sessions and worktrees of workers that no live attempt owns: kept under rescue refs, then cleared away. */
export const leftoverParts: readonly TownPart[] = [{
  name: "leftover worktrees",
  look(town) {
    const left = leftoverWorkers({ ports: town.ports, town });
    if (left.length === 0) return ok("none");
    const names = left.map(({ rig, worker }) => `${rig}/${worker}`).join(", ");
    return readDesired(town.ports, town.paths) === "up"
      ? warn(`no attempt owns ${names}`, "The steward clears them away; if it does not: gt status")
      : warn(`no attempt owns ${names}`);
  },
  async make(town) {
    const { left } = await reconcileWorkers({ ports: town.ports, town });
    if (left[0]) throw new Error(`${left[0].rig}/${left[0].worker}: ${left[0].reason}`);
  },
}];
