import type { Bead, BeadKey, View } from "../ledger/ledger.ts";
import { CommandError } from "../lib/errors.ts";
import { present } from "../lib/present.ts";
import type { SlingWishes } from "../town/convoys/convoy_apply.ts";
import { convoyState } from "../town/convoys/convoys.ts";
import type { TownConfig } from "../town/config/config.ts";
import { slingBeads, type WorkDeps } from "./sling.ts";
import { readMolecules, takesDefault } from "./sling_molecule.ts";
import { parseTarget, rigOfBead, targetsOf } from "./target.ts";

/** Which convoy, and what its beads get that name nothing themselves. */
export interface LaunchOrder {
  convoy: BeadKey;
  by: string;
  rig?: string;
  agent?: string;
  molecule?: string;
}

/** What launching a convoy would sling. */
export interface LaunchPlan {
  /** Id of the convoy. */
  convoy: string;
  /** Ids of the beads that nobody has. */
  beads: readonly string[];
  /** The same, by where and how they are to be slung. */
  groups: readonly LaunchGroup[];
}

interface LaunchGroup {
  wishes: SlingWishes;
  beads: string[];
  /** Those of them that get the molecule of their rig unless one is named. */
  byDefault: string[];
}

/**
 * Slings every bead of a convoy that nobody has; returns their ids.
 *
 * @throws {CommandError} `rig_not_found` naming the beads that no rig is known for, or when a rig, agent or molecule
 * does not exist; then nothing is slung.
 */
export async function launchConvoy(deps: WorkDeps, order: LaunchOrder): Promise<string[]> {
  const plan = planLaunch(deps.town.ledger.view, { order, config: await deps.town.config() });
  // Each group is a write of its own: what one would refuse is found before the first.
  await assertLaunchable(deps, plan);
  const slung: string[] = [];
  for (const { wishes: { rig, ...rest }, beads } of plan.groups) {
    // Another launch, of a convoy that has some of them too, may have been quicker.
    const done = await slingBeads(deps, { beads, target: rig!, by: order.by, onlyOpen: true, ...rest });
    slung.push(...done.map(({ bead }) => bead.id));
  }
  return plan.beads.filter((id) => slung.includes(id));
}

/**
 * What launching would sling as things stand in a view; `word` is what the convoy is launched by, its id by default.
 *
 * @throws {CommandError} `rig_not_found`.
 */
export function planLaunch(
  view: View,
  { order, config, word }: { order: LaunchOrder; config: TownConfig; word?: string },
): LaunchPlan {
  const state = convoyState(view, view.beadByKey(order.convoy)!);
  const free = state.beads.filter(({ bead, attempt }) => bead.status === "open" && !attempt).map(({ bead }) =>
    bead
  );
  const orders = new Map<string, LaunchGroup>();
  const homeless: string[] = [];
  for (const bead of free) {
    const own = wishesOf(bead);
    const rig = own.rig ?? order.rig ?? rigOfBead(config, bead.id);
    if (rig === undefined) homeless.push(bead.id);
    const wishes = present({
      rig,
      agent: own.agent ?? order.agent,
      molecule: own.molecule ?? order.molecule,
      vars: own.vars,
    });
    const group = orders.get(JSON.stringify(wishes)) ?? { wishes, beads: [], byDefault: [] };
    group.beads.push(bead.id);
    if (takesDefault(view, bead)) group.byDefault.push(bead.id);
    orders.set(JSON.stringify(wishes), group);
  }
  if (homeless.length > 0) {
    throw new CommandError(
      "refused",
      `Cannot launch "${state.bead.id}": no rig is known for ${homeless.join(", ")}`,
      {
        code: "rig_not_found",
        hints: [
          `gt convoy launch ${word ?? state.bead.id} --rig RIG`,
          `Rigs: ${Object.keys(config.rigs).join(", ")}`,
        ],
      },
    );
  }
  return { convoy: state.bead.id, beads: free.map(({ id }) => id), groups: [...orders.values()] };
}

/** @throws {CommandError} naming the first bead that could not be slung, and why. */
export async function assertLaunchable(deps: WorkDeps, { convoy, groups }: LaunchPlan): Promise<void> {
  const config = await deps.town.config();
  for (const group of groups) {
    try {
      await assertUsable(deps, { group, config });
    } catch (error) {
      throw error instanceof CommandError ? refused(error, { convoy, bead: group.beads[0]! }) : error;
    }
  }
}

async function assertUsable(
  deps: WorkDeps,
  { group, config }: { group: LaunchGroup; config: TownConfig },
): Promise<void> {
  const { wishes: { rig, agent, molecule, vars }, byDefault } = group;
  const target = parseTarget(targetsOf(deps, config), rig!);
  if (target.kind !== "person") {
    const { resolveAgent } = await import("../agents/presets.ts");
    resolveAgent(deps.ports, { config, rig: rig!, flag: agent });
  }
  const rigs = molecule !== undefined || target.kind === "person"
    ? []
    : byDefault.flatMap((bead) => target.kind === "rig" ? target.rig : rigOfBead(config, bead) ?? []);
  await readMolecules(deps, {
    order: present({ molecule, vars }),
    rigs: Object.fromEntries(rigs.map((name) => [name, config.rigs[name]!])),
  });
}

function refused(
  { kind, message, code, hints, reasons }: CommandError,
  named: { convoy: string; bead: string },
) {
  const { convoy, bead } = named;
  const why = message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  // Values of variables are given to a sling as flags, to a launch in the file.
  const flags = hints.filter((hint) => hint.startsWith("--var "));
  return new CommandError(kind, `Cannot launch "${convoy}": ${bead}: ${why}`, {
    code,
    reasons,
    hints: [
      ...hints.filter((hint) => !flags.includes(hint) && !reasons.includes(hint)),
      ...(flags.length > 0 ? ["In the convoy's file, beside the molecule: vars: { NAME: VALUE }"] : []),
      `What ${bead} is to be slung with: bd show ${bead} --json`,
    ],
  });
}

function wishesOf(bead: Bead): SlingWishes {
  return (bead.metadata.sling ?? {}) as SlingWishes;
}
