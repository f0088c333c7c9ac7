import { dependenciesOf } from "../beads/dependencies.ts";
import type { Bead, View } from "../ledger/ledger.ts";
import { present } from "../lib/present.ts";
import { stepGraph } from "../molecules/step_graph.ts";
import type { TownConfig } from "../town/config/config.ts";
import type { SlingWishes } from "../town/convoys/convoy_apply.ts";
import { convoyState, type Standing } from "../town/convoys/convoys.ts";
import { rigOfBead } from "./target.ts";

/** A bead of a convoy in its place. */
export interface WaveBead {
  id: string;
  title: string;
  standing: Standing;
  /** Where it goes, as far as that is known. */
  rig?: string;
  agent?: string;
  molecule?: string;
  /** Ids of beads of the convoy that come first. */
  after: readonly string[];
  /** Ids of open beads outside of the convoy that it waits for. */
  waits_for: readonly string[];
}

/** The beads of a convoy that are not closed, in waves: each waits for some of the wave before it. */
export function convoyWaves(
  view: View,
  { convoy, config }: { convoy: Bead; config: Pick<TownConfig, "rigs"> },
): WaveBead[][] {
  const open = convoyState(view, convoy).beads.filter(({ standing }) => standing !== "done");
  const ids = new Set(open.map(({ bead }) => bead.id));
  const beads = open.map(({ bead, standing }): WaveBead => {
    const before = dependenciesOf(view, { key: bead.key, type: "blocks" }).flatMap(({ bead: other }) =>
      other && !other.deleted && other.status !== "closed" ? [other.id] : []
    );
    const wishes = (bead.metadata.sling ?? {}) as SlingWishes;
    return {
      id: bead.id,
      title: bead.title,
      standing,
      ...present({
        rig: wishes.rig ?? rigOfBead(config, bead.id),
        agent: wishes.agent,
        molecule: wishes.molecule,
      }),
      after: before.filter((id) => ids.has(id)),
      waits_for: before.filter((id) => !ids.has(id)),
    };
  });
  const { order, waves } = stepGraph(
    beads.map(({ id, after }) => ({ id, needs: { mode: "all", of: after } })),
  );
  const sorted: WaveBead[][] = [];
  for (const position of order) (sorted[waves[position]!] ??= []).push(beads[position]!);
  return sorted;
}
