import * as v from "valibot";
import { beadSchema, convoySchema } from "./convoy_schema.ts";

/** What a convoy's file names, as far as that is of the right type; elements of a list keep their places. */
export interface LooseConvoy extends LooseNames {
  owner?: string;
  watchers: readonly (string | undefined)[];
  beads: readonly LooseBead[];
}

/** One of its beads. */
export interface LooseBead extends LooseNames {
  id?: string;
  /** Whether it has a title, or a key that may be meant for one. */
  hasTitle: boolean;
  deps: readonly (string | undefined)[];
}

/** Names that may stand for the whole convoy or for one bead. */
export interface LooseNames {
  rig?: string;
  agent?: string;
  molecule?: string;
  vars: Readonly<Record<string, string>>;
}

/** Takes from what stands in a file all that can be looked up, also where other parts of it are wrong. */
export function looseConvoy(plain: unknown): LooseConvoy {
  const file = mapOf(plain);
  const { owner, watchers } = convoySchema.entries;
  return {
    ...namesIn(file),
    ...textAt(file, "owner", owner),
    watchers: listOf(file.watchers).map((each) => elementOf([each], watchers)),
    beads: listOf(file.beads).map(looseBead),
  };
}

function looseBead(plain: unknown): LooseBead {
  const bead = typeof plain === "string" ? { id: plain } : mapOf(plain);
  const keys = Object.keys(beadSchema.entries);
  return {
    ...namesIn(bead),
    ...textAt(bead, "id", beadSchema.entries.id),
    hasTitle: Object.keys(bead).some((key) => key === "title" || !keys.includes(key)),
    deps: listOf(bead.deps).map((each) => elementOf([each], beadSchema.entries.deps)),
  };
}

function namesIn(map: Readonly<Record<string, unknown>>): LooseNames {
  const { rig, agent, molecule, vars } = beadSchema.entries;
  const values = v.safeParse(vars, map.vars);
  return {
    ...textAt(map, "rig", rig),
    ...textAt(map, "agent", agent),
    ...textAt(map, "molecule", molecule),
    vars: values.success ? values.output : {},
  };
}

function textAt<Key extends string>(
  map: Readonly<Record<string, unknown>>,
  key: Key,
  schema: v.GenericSchema<string>,
): { [key in Key]?: string } {
  const value = v.safeParse(schema, map[key]);
  return value.success ? { [key]: value.output } as { [key in Key]: string } : {};
}

function elementOf(list: readonly unknown[], schema: v.GenericSchema<string[]>): string | undefined {
  const value = v.safeParse(schema, list);
  return value.success ? value.output[0] : undefined;
}

function mapOf(plain: unknown): Readonly<Record<string, unknown>> {
  return typeof plain === "object" && plain !== null ? plain as Record<string, unknown> : {};
}

function listOf(plain: unknown): readonly unknown[] {
  return Array.isArray(plain) ? plain : [];
}
