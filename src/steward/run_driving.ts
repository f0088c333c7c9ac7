import type { BeadKey } from "../ledger/ledger.ts";
import type { LoopTick } from "../town/loops/loop.ts";
import type { WorkDeps } from "../work/sling.ts";
import { backgroundRuns } from "../molecules/engine/journal/background.ts";
import { defaultJobs } from "../molecules/engine/driver/jobs.ts";

/** Drives the runs that were begun in the background, beside the ticks. */
export interface RunDriving {
  /** Takes up runs that nobody drives; returns when to be called again, in ms since the epoch. */
  tick(context: Pick<LoopTick, "log" | "nudge" | "woken">): number | undefined;
  /** Ends the commands it has begun and leaves its runs to whoever comes next; resolves when that is done. */
  end(): Promise<void>;
}

/** When a run that somebody else drives, or that could not be driven, is looked at again, in ms. */
const HELD_MS = 5_000;
const FAILED_MS = 30_000;

/** Makes what drives the background runs of a town. Nothing is loaded while there are none. */
export function createRunDriving(deps: WorkDeps): RunDriving {
  const { ports, town } = deps;
  const driven = new Map<BeadKey, Promise<void>>();
  const notBefore = new Map<BeadKey, number>();
  const listeners = new Set<() => void>();
  const leaving = new AbortController();
  const said = new Set<string>();

  async function drive(key: BeadKey, context: Pick<LoopTick, "log" | "nudge">): Promise<void> {
    const again = (ms: number) => notBefore.set(key, ports.clock.now() + ms);
    try {
      const outcome = await driveOne(deps, {
        key,
        signal: leaving.signal,
        news(changed) {
          listeners.add(changed);
          return () => void listeners.delete(changed);
        },
      });
      if (outcome !== "ended") again(HELD_MS);
      said.delete(key);
    } catch (error) {
      const text = `run ${key} cannot be driven: ${(error as Error).message}`;
      if (!said.has(key)) context.log(text);
      said.add(key);
      again(FAILED_MS);
    } finally {
      driven.delete(key);
      context.nudge();
    }
  }

  return {
    tick(context) {
      for (const changed of [...listeners]) changed();
      if (leaving.signal.aborted) return undefined;
      const now = ports.clock.now();
      let due = Infinity;
      for (const { key } of backgroundRuns(town.ledger.view)) {
        if (driven.has(key)) continue;
        const at = context.woken ? 0 : notBefore.get(key) ?? 0;
        if (now >= at) driven.set(key, drive(key, context));
        else due = Math.min(due, at);
      }
      return due;
    },
    async end() {
      leaving.abort();
      await Promise.all(driven.values());
    },
  };
}

async function driveOne(
  deps: WorkDeps,
  options: { key: BeadKey; signal: AbortSignal; news(changed: () => void): () => void },
): Promise<"ended" | "interrupted" | "lost" | "held" | "elsewhere"> {
  const { ports, town } = deps;
  const [{ driveHere }, { townSteps }] = await Promise.all([
    import("../molecules/engine/engine.ts"),
    import("../molecules/engine/steps/town_steps.ts"),
  ]);
  const library = { ports, folder: town.paths.molecules };
  const engine = { ports, ledger: town.ledger, library, ...townSteps({ ports, town }) };
  const { kind } = await driveHere(engine, { ...options, by: "steward", jobs: defaultJobs() });
  return kind;
}
