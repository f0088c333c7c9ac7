import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { TownConfig } from "../town/config/config.ts";
import { crewMembers } from "../town/crew_members.ts";
import type { Town } from "../town/town.ts";

/** Where work can be slung. */
export type Target =
  | { kind: "rig"; rig: string }
  /** The worker's number; its rig is that of its present work, or of the bead's prefix. */
  | { kind: "worker"; worker: number }
  /** Someone who takes work from their hook by themselves. */
  | { kind: "person"; name: string };

/** What there is to sling to, beside workers and the coordinator. */
export interface Targets extends Pick<TownConfig, "rigs"> {
  /** The members of the crew, as targets: `crew/ann`. */
  crew: readonly string[];
}

/** The {@linkcode Targets} of a town. */
export function targetsOf(
  { ports, town }: { ports: Ports; town: Town },
  { rigs }: Pick<TownConfig, "rigs">,
): Targets {
  return { rigs, crew: crewMembers({ ports, town }).map(({ name }) => `crew/${name}`) };
}

/**
 * Reads a target as a person writes it: `csm`, `worker-3`, `crew/ann`, `coordinator`, or the words of older tools.
 *
 * @throws {CommandError} `target_not_found` naming what there is.
 */
export function parseTarget({ rigs, crew }: Targets, text: string): Target {
  if (Object.hasOwn(rigs, text)) return { kind: "rig", rig: text };
  const worker = /^(?:gt-)?(?:worker|polecat)[-/]?(\d+)$/.exec(text)?.[1];
  if (worker) return { kind: "worker", worker: Number(worker) };
  if (text === "coordinator" || text === "mayor") return { kind: "person", name: "coordinator" };
  if (crew.includes(text)) return { kind: "person", name: text };
  if (/^crew\/./.test(text)) throw noCrew(text, crew);
  const names = Object.keys(rigs);
  throw new CommandError("refused", `Cannot sling to "${text}": there is no such rig, worker or person`, {
    code: "target_not_found",
    hints: [
      names.length > 0
        ? `Targets: ${[...names, "worker-N", ...crew, "coordinator"].join(", ")}`
        : "Add a rig first: gt rig add NAME URL-or-path",
    ],
  });
}

function noCrew(text: string, crew: readonly string[]): CommandError {
  return new CommandError("refused", `Cannot sling to "${text}": there is no such member of the crew`, {
    code: "target_not_found",
    hints: [
      ...(crew.length > 0 ? [`There are: ${crew.join(", ")}`] : []),
      `gt crew add ${text.slice("crew/".length)} --rig RIG`,
    ],
  });
}

/** The rig whose beads begin with the bead's prefix, if exactly one does. */
export function rigOfBead(config: Pick<TownConfig, "rigs">, id: string): string | undefined {
  const owners = Object.entries(config.rigs).filter(([, rig]) => id.startsWith(`${rig.prefix}-`));
  return owners.sort((a, b) => b[1].prefix.length - a[1].prefix.length)[0]?.[0];
}
