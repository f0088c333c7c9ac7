import type { Bead, BeadKey } from "../ledger/ledger.ts";
import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { SlingWishes } from "../town/convoys/convoy_apply.ts";
import { convoyState } from "../town/convoys/convoys.ts";
import type { TownConfig } from "../town/config/config.ts";
import { slingBeads, type WorkDeps } from "./sling.ts";
import { readMolecules } from "./sling_molecule.ts";
import { parseTarget, rigOfBead, targetsOf } from "./target.ts";

/** Which convoy, and what its beads get that name nothing themselves. */
export interface LaunchOrder {
  convoy: BeadKey;
  by: string;
  rig?: string;
  agent?: string;
  molecule?: string;
}

/**
 * Slings every bead of a convoy that nobody has; returns their ids.
 *
 * @throws {CommandError} `rig_not_found` naming the beads that no rig is known for, or when a rig, agent or molecule
 * does not exist; then nothing is slung.
 */
export async function launchConvoy(deps: WorkDeps, order: LaunchOrder): Promise<string[]> {
  const { ledger } = deps.town;
  const config = await deps.town.config();
  const state = convoyState(ledger.view, ledger.view.beadByKey(order.convoy)!);
  const free = state.beads.filter(({ bead, attempt }) => bead.status === "open" && !attempt).map(({ bead }) =>
    bead
  );
  const orders = new Map<string, { wishes: SlingWishes; beads: string[] }>();
  const homeless: string[] = [];
  for (const bead of free) {
    const own = wishesOf(bead);
    const rig = own.rig ?? order.rig ?? rigOfBead(config, bead.id);
    if (rig === undefined) homeless.push(bead.id);
    const wishes = present({
      rig,
      agent: own.agent ?? order.agent,
      molecule: own.molecule ?? order.molecule,
    });
    const group = orders.get(JSON.stringify(wishes)) ?? { wishes, beads: [] };
    group.beads.push(bead.id);
    orders.set(JSON.stringify(wishes), group);
  }
  if (homeless.length > 0) {
    throw new CommandError(
      "refused",
      `Cannot launch "${state.bead.id}": no rig is known for ${homeless.join(", ")}`,
      {
        code: "rig_not_found",
        hints: [
          `gt convoy launch ${state.bead.id} --rig RIG`,
          `Rigs: ${Object.keys(config.rigs).join(", ")}`,
        ],
      },
    );
  }
  // Each group is a write of its own: what one would refuse is found before the first.
  for (const { wishes } of orders.values()) await assertUsable(deps, { wishes, config });
  for (const { wishes: { rig, ...rest }, beads } of orders.values()) {
    await slingBeads(deps, { beads, target: rig!, by: order.by, ...rest });
  }
  return free.map(({ id }) => id);
}

async function assertUsable(
  deps: WorkDeps,
  { wishes, config }: { wishes: SlingWishes; config: TownConfig },
): Promise<void> {
  const { rig, agent, molecule } = wishes;
  const target = parseTarget(targetsOf(deps, config), rig!);
  if (target.kind !== "person") {
    const { resolveAgent } = await import("../agents/presets.ts");
    resolveAgent(deps.ports, { config, rig: rig!, flag: agent });
  }
  if (molecule !== undefined) {
    await readMolecules(deps, { order: { molecule }, rigs: [] });
  }
}

function wishesOf(bead: Bead): SlingWishes {
  return (bead.metadata.sling ?? {}) as SlingWishes;
}
