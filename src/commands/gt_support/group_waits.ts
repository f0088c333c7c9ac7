import {
  type GroupDeps,
  type GroupWait,
  groupWaits,
  hasGroups,
} from "../../molecules/engine/driver/group_waits.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { languageFor } from "../../molecules/engine/steps/language.ts";

/** What a run waits for in groups, as it is now. */
export async function waitsOf(deps: GroupDeps, open: OpenRun): Promise<GroupWait[]> {
  if (!hasGroups(open)) return [];
  return groupWaits(deps, { open, language: await languageFor(open.begun.definition) });
}

/** How often is looked at what runs wait for, in ms. */
const AGAIN_MS = 500;

/** Says what runs wait for in groups, each time as of a moment ago; nothing before it has been looked for once. */
export function createWaits(deps: GroupDeps): (open: OpenRun) => readonly GroupWait[] {
  const known = new Map<string, { waits: readonly GroupWait[]; at: number }>();
  return (open) => {
    const { clock } = deps.ports;
    const before = known.get(open.key);
    if (before && clock.monotonic() - before.at < AGAIN_MS) return before.waits;
    const entry = { waits: before?.waits ?? [], at: clock.monotonic() };
    known.set(open.key, entry);
    waitsOf(deps, open).then((waits) => entry.waits = waits, () => {});
    return entry.waits;
  };
}
