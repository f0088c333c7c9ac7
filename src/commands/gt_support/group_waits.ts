import { type GroupWait, groupWaits, hasGroups } from "../../molecules/engine/driver/group_waits.ts";
import type { HolderDeps } from "../../molecules/engine/driver/place_holders.ts";
import { createKnownRuns } from "../../molecules/engine/journal/known_runs.ts";
import type { OpenRun } from "../../molecules/engine/journal/run_log.ts";
import { type Language, languageFor } from "../../molecules/engine/steps/language.ts";

/** What is looked at to know who waits for whom. */
type WaitDeps = Omit<HolderDeps, "runs">;

/** What a run waits for in groups, as it is now. */
export async function waitsOf(deps: WaitDeps, open: OpenRun): Promise<GroupWait[]> {
  if (!hasGroups(open)) return [];
  const runs = createKnownRuns(deps.ledger);
  return groupWaits({ ...deps, runs }, { open, language: await languageFor(open.begun.definition) });
}

/** How often is looked at what runs wait for, in ms. */
const AGAIN_MS = 500;

/** Says what runs wait for in groups, each time as of a moment ago; nothing before it can be looked for. */
export function createWaits(deps: WaitDeps): (open: OpenRun) => readonly GroupWait[] {
  const { clock } = deps.ports;
  const runs = createKnownRuns(deps.ledger);
  const languages = new Map<string, Language>();
  const known = new Map<string, { waits: readonly GroupWait[]; at: number; arrival: number }>();
  return (open) => {
    const { key, arrival, begun: { definition } } = open;
    const before = known.get(key);
    if (before?.arrival === arrival && clock.monotonic() - before.at < AGAIN_MS) return before.waits;
    if (!hasGroups(open)) return [];
    const language = languages.get(definition.hash);
    if (!language) {
      languageFor(definition).then((loaded) => languages.set(definition.hash, loaded), () => {});
      return [];
    }
    const waits = groupWaits({ ...deps, runs }, { open, language });
    known.set(key, { waits, at: clock.monotonic(), arrival });
    return waits;
  };
}
