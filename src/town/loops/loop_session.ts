import { delimiter } from "node:path";
import type { LoopDeps } from "./loop.ts";
import type { LoopPlace } from "./loops.ts";
import { townSessions } from "../town_sessions.ts";
import type { SessionOrder, Spawned } from "../../sessions/session.ts";

/** What to start for a loop: this very program, in the town's folder. */
export function loopOrder({ ports, town }: LoopDeps, place: LoopPlace): SessionOrder {
  const path = (ports.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== town.paths.bin);
  return {
    name: place.session,
    cwd: town.root,
    env: {
      GT_TOWN: town.root,
      GT_ROLE: place.role,
      ...(place.rig === undefined ? {} : { GT_RIG: place.rig }),
      PATH: [town.paths.bin, ...path].join(delimiter),
    },
    argv: [...ports.processes.self, ...place.words],
    tags: { town: town.root, role: place.role, ...(place.rig === undefined ? {} : { rig: place.rig }) },
  };
}

/** Starts an order; a session of that name that is something else, or whose program has ended, is ended first. */
export async function startSession(deps: LoopDeps, order: SessionOrder): Promise<Spawned> {
  const sessions = townSessions(deps);
  const spawned = await sessions.spawn(order);
  if (spawned.kind !== "occupied") return spawned;
  await sessions.end(order.name);
  return await sessions.spawn(order);
}
