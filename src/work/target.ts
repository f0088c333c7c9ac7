import { CommandError } from "../lib/errors.ts";
import type { TownConfig } from "../town/config/config.ts";

/** Where work can be slung. */
export type Target =
  | { kind: "rig"; rig: string }
  /** The worker's number; its rig is that of its present work, or of the bead's prefix. */
  | { kind: "worker"; worker: number }
  /** Someone who takes work from their hook by themselves. */
  | { kind: "person"; name: string };

/**
 * Reads a target as a person writes it: `csm`, `worker-3`, `crew/ann`, `coordinator`, or the words of older tools.
 *
 * @throws {CommandError} `target_not_found` naming what there is.
 */
export function parseTarget(config: Pick<TownConfig, "rigs">, text: string): Target {
  if (Object.hasOwn(config.rigs, text)) return { kind: "rig", rig: text };
  const worker = /^(?:gt-)?(?:worker|polecat)[-/]?(\d+)$/.exec(text)?.[1];
  if (worker) return { kind: "worker", worker: Number(worker) };
  if (text === "coordinator" || text === "mayor") return { kind: "person", name: "coordinator" };
  if (/^crew\/[a-z0-9-]+$/.test(text)) return { kind: "person", name: text };
  const rigs = Object.keys(config.rigs);
  throw new CommandError("refused", `Cannot sling to "${text}": there is no such rig, worker or person`, {
    code: "target_not_found",
    hints: [
      rigs.length > 0
        ? `Targets: ${rigs.join(", ")}, worker-N, crew/NAME, coordinator`
        : "Add a rig first: gt rig add NAME URL-or-path",
    ],
  });
}

/** The rig whose beads begin with the bead's prefix, if exactly one does. */
export function rigOfBead(config: Pick<TownConfig, "rigs">, id: string): string | undefined {
  const owners = Object.entries(config.rigs).filter(([, rig]) => id.startsWith(`${rig.prefix}-`));
  return owners.sort((a, b) => b[1].prefix.length - a[1].prefix.length)[0]?.[0];
}
