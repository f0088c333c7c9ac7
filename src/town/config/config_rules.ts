import type { TownConfig } from "./config.ts";
import { isPreset, presetNames } from "../names.ts";

/** Something wrong with a value that has the right type. */
export interface BrokenRule {
  /** Keys from the top of the file to the value. */
  path: readonly string[];
  /** What is wrong: `no agent is called "cluade"`. */
  message: string;
  /** The words that would do, for a did-you-mean. */
  choices?: { given: string; known: readonly string[] };
}

/** What the types alone cannot say: names that must exist, prefixes that must differ. */
export function brokenRules(config: TownConfig): BrokenRule[] {
  return [
    ...brokenAgents(config),
    ...brokenGuard(config),
    ...brokenReferences(config),
    ...sharedPrefixes(config),
  ];
}

function brokenAgents(config: TownConfig): BrokenRule[] {
  const broken: BrokenRule[] = [];
  for (const [name, agent] of Object.entries(config.agents)) {
    const path = ["agents", name];
    if (agent.preset !== undefined && !isPreset(agent.preset)) {
      broken.push({
        path: [...path, "preset"],
        message: `no built-in agent is called "${agent.preset}"`,
        choices: { given: agent.preset, known: presetNames },
      });
    } else if (agent.preset === undefined && agent.command === undefined && !isPreset(name)) {
      broken.push({ path, message: `agent "${name}" needs a "preset" or a "command"` });
    }
    if (agent.ready !== undefined && !isPattern(agent.ready)) {
      broken.push({ path: [...path, "ready"], message: `"${agent.ready}" is not a regular expression` });
    }
  }
  return broken;
}

function brokenGuard({ guard }: TownConfig): BrokenRule[] {
  return guard.deny.flatMap(({ command }, at) =>
    isPattern(command) ? [] : [{
      path: ["guard", "deny", String(at), "command"],
      message: `"${command}" is not a regular expression`,
    }]
  );
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}

function brokenReferences(config: TownConfig): BrokenRule[] {
  const known = [...new Set([...Object.keys(config.agents), ...presetNames])];
  const references: [string[], string | undefined][] = [
    [["agent"], config.agent],
    [["coordinator", "agent"], config.coordinator.agent],
    ...Object.entries(config.rigs).map(([name, rig]): [string[], string | undefined] => [
      ["rigs", name, "agent"],
      rig.agent,
    ]),
  ];
  return references.flatMap(([path, given]) =>
    given === undefined || known.includes(given)
      ? []
      : [{ path, message: `no agent is called "${given}"`, choices: { given, known } }]
  );
}

function sharedPrefixes(config: TownConfig): BrokenRule[] {
  const owners = new Map([[config.prefix, "the town"]]);
  return Object.entries(config.rigs).flatMap(([name, rig]) => {
    const owner = owners.get(rig.prefix);
    if (owner !== undefined) {
      return [{
        path: ["rigs", name, "prefix"],
        message: `prefix "${rig.prefix}" belongs to ${owner} already`,
      }];
    }
    owners.set(rig.prefix, `rig "${name}"`);
    return [];
  });
}

const maps = [
  [],
  ["agents"],
  ["agents", "*"],
  ["guard"],
  ["budgets"],
  ["budgets", "town"],
  ["budgets", "convoy"],
  ["budgets", "bead"],
  ["coordinator"],
  ["limits"],
  ["sync"],
  ["rigs"],
  [
    "rigs",
    "*",
  ],
];

/** Where a list stands though a map belongs there. The types let an empty list pass: it has no wrong key. */
export function misplacedLists(parsed: unknown): string[][] {
  return maps.flatMap((pattern) => reach(parsed, pattern, []));
}

function reach(value: unknown, pattern: readonly string[], path: string[]): string[][] {
  const [step, ...rest] = pattern;
  if (step === undefined) return Array.isArray(value) ? [path] : [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value)
    .filter(([key]) => step === "*" || key === step)
    .flatMap(([key, child]) => reach(child, rest, [...path, key]));
}
