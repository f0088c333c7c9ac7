import type { BeadKey, View } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import type { Definition } from "../../definition.ts";
import { type Begun, begunOf, type OpenRun } from "../journal/run_log.ts";
import { summaryOf } from "../journal/run_summary.ts";

/** The names of all secrets of a molecule, and of those that it runs as parts of itself. */
export function secretNames({ steps, onFailure, finally: last }: Definition): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { secrets, action } of [...steps, ...onFailure, ...last]) {
    for (const name of secrets) names.add(name);
    for (const name of action.kind === "molecule" ? action.secrets ?? [] : []) names.add(name);
  }
  return names;
}

/**
 * The names of all secrets of a run: those of its molecule, of the runs that it is a part of, and of those that have
 * become a part of it, whose files may have changed since it began.
 */
export function secretsOfRun(
  view: Pick<View, "journal" | "beads">,
  open: Pick<OpenRun, "key" | "begun">,
): Set<string> {
  const names = secretsWithin(view, open);
  const around = ({ parent }: Begun) => parent && begunOf(view, parent.run);
  for (let at = around(open.begun); at; at = around(at)) {
    for (const name of secretNames(at.definition)) names.add(name);
  }
  return names;
}

/** Those of them that are not of the runs that it is a part of alone. */
export function secretsWithin(
  view: Pick<View, "journal" | "beads">,
  { key, begun }: Pick<OpenRun, "key" | "begun">,
): Set<string> {
  const names = new Set(secretNames(begun.definition));
  // A fan-out may have thousands of one text.
  const known = new Set<string>();
  const look = (parent: BeadKey) => {
    for (const bead of view.beads("parent = ? AND issue_type = 'molecule'", parent)) {
      const summary = summaryOf(bead);
      if (!summary) continue;
      const text = `${summary.hash} ${summary.source}`;
      const nested = known.has(text) ? undefined : begunOf(view, bead.key);
      known.add(text);
      for (const name of nested ? secretNames(nested.definition) : []) names.add(name);
      look(bead.key);
    }
  };
  look(key);
  return names;
}

/** The variables of the environment that a molecule's expressions read, as they are now; never a secret. */
export function environmentOf(
  { ports }: { ports: Pick<Ports, "env"> },
  { definition, secrets = new Set() }: {
    definition: Definition;
    /** Those of the run that it is to be a part of. */
    secrets?: ReadonlySet<string>;
  },
): Record<string, string> {
  const own = secretNames(definition);
  return Object.fromEntries(definition.environment.flatMap((name) => {
    const value = ports.env.get(name);
    return value === undefined || own.has(name) || secrets.has(name) ? [] : [[name, value]];
  }));
}
