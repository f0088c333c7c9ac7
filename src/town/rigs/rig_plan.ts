import { CommandError } from "../../lib/errors.ts";
import type { TownConfig } from "../config/config.ts";
import { brokenRules } from "../config/config_rules.ts";
import { derivePrefix, namePattern } from "../names.ts";

/** What a person asks for with `gt rig add`. */
export interface RigOrder {
  name: string;
  /** As {@linkcode readRemote} returns it. */
  url: string;
  prefix?: string | undefined;
  branch?: string | undefined;
  /** Commands, each optionally after `NAME:` and a blank. */
  checks?: readonly string[] | undefined;
  setup?: readonly string[] | undefined;
  agent?: string | undefined;
  merge?: string | undefined;
}

/** A rig as it is written into town.yaml: only what is not a default. */
export type WrittenRig = Record<string, unknown> & { url: string; prefix: string; branch: string };

/** Words that mean something else wherever a rig's name can stand. */
const reserved = new Set([
  "coordinator",
  "mayor",
  "steward",
  "deacon",
  "crew",
  "overseer",
  "town",
  "worker",
  "polecat",
]);

/** Refuses what cannot be the name of a rig. @throws {CommandError} `bad_rig_name`. */
export function requireRigName(name: string): void {
  const suggestion = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "");
  if (!namePattern.test(name) || name.length > 40) {
    throw new CommandError(
      "usage",
      `Cannot use rig name "${name}": it must be of a-z, 0-9 and -, beginning with a letter`,
      {
        code: "bad_rig_name",
        hints: suggestion && suggestion !== name ? [`for example: ${suggestion.slice(0, 40)}`] : [],
      },
    );
  }
  if (!reserved.has(name) && !/^(worker|polecat)-\d+$/.test(name)) return;
  throw new CommandError("usage", `Cannot use rig name "${name}": the word means something else`, {
    code: "bad_rig_name",
    hints: [`for example: ${name}-rig`],
  });
}

/**
 * Works out what a new rig's entry says. `suggested` is the prefix that its repository's beads have, if any.
 *
 * @throws {CommandError} `prefix_taken`, `rig_invalid`.
 */
export function planRig(
  config: TownConfig,
  options: { order: RigOrder; defaultBranch: string; suggested?: string | undefined },
): WrittenRig {
  const { order } = options;
  const taken = new Set([config.prefix, ...Object.values(config.rigs).map((rig) => rig.prefix)]);
  const free = options.suggested !== undefined && !taken.has(options.suggested)
    ? options.suggested
    : undefined;
  const prefix = order.prefix ?? free ?? derivePrefix(order.name, taken);
  if (taken.has(prefix)) throw prefixTaken(config, { order, prefix, free: derivePrefix(order.name, taken) });
  const rig: WrittenRig = {
    url: order.url,
    prefix,
    branch: order.branch ?? options.defaultBranch,
    ...(order.checks?.length ? { checks: order.checks.map(readCheck) } : {}),
    ...(order.setup?.length ? { setup: [...order.setup] } : {}),
    ...(order.merge === undefined ? {} : { merge: order.merge }),
    ...(order.agent === undefined ? {} : { agent: order.agent }),
  };
  requireSound(config, { name: order.name, rig });
  return rig;
}

/** Reads `npm test`, or `unit: npm test` where the name is one word. */
export function readCheck(written: string): { name: string; run: string } {
  const named = /^([\w-]+):\s+(\S.*)$/s.exec(written);
  const [, name = "", run = written] = named ?? [];
  return { name: name || run.trim(), run: run.trim() };
}

function requireSound(config: TownConfig, added: { name: string; rig: WrittenRig }): void {
  const { name, rig } = added;
  const full = {
    checks: [],
    setup: [],
    merge: "merge" as const,
    keep_branches: false,
    ...rig,
  };
  const [broken] = brokenRules({ ...config, rigs: { ...config.rigs, [name]: full } });
  if (!broken) return;
  throw new CommandError("refused", `Cannot add rig "${name}": ${broken.message}`, {
    code: "rig_invalid",
    hints: broken.choices ? [`known are ${broken.choices.known.join(", ")}`, "gt agent list"] : [],
  });
}

function prefixTaken(
  config: TownConfig,
  asked: { order: RigOrder; prefix: string; free: string },
): CommandError {
  const owner = Object.entries(config.rigs).find(([, rig]) => rig.prefix === asked.prefix)?.[0];
  return new CommandError(
    "refused",
    `Cannot add rig "${asked.order.name}": prefix "${asked.prefix}" belongs to ${
      owner ? `rig "${owner}"` : "the town"
    }`,
    { code: "prefix_taken", hints: [`Choose another, for example: --prefix ${asked.free}`] },
  );
}
