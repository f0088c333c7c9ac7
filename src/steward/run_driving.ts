import type { BeadKey } from "../ledger/ledger.ts";
import type { LoopTick } from "../town/loops/loop.ts";
import type { WorkDeps } from "../work/sling.ts";
import { backgroundRuns } from "../molecules/engine/journal/background.ts";
import { runName } from "../molecules/engine/journal/step_at.ts";
import { defaultJobs } from "../molecules/engine/driver/jobs.ts";
import { forgetTrouble, noteTrouble } from "../molecules/engine/driver/run_trouble.ts";
import { decideRestart, STABLE_AFTER, type Upkeep } from "./backoff.ts";

/** Drives the runs that were begun in the background, beside the ticks. */
export interface RunDriving {
  /** Takes up runs that nobody drives; returns when to be called again, in ms since the epoch. */
  tick(context: Pick<LoopTick, "log" | "nudge" | "woken">): number | undefined;
  /** Ends the commands it has begun and leaves its runs to whoever comes next; resolves when that is done. */
  end(): Promise<void>;
}

/** When a run that somebody else drives is looked at again, in ms. */
const HELD_MS = 5_000;

/** Makes what drives the background runs of a town. Nothing is loaded while there are none. */
export function createRunDriving(deps: WorkDeps): RunDriving {
  const { ports: { clock }, town: { ledger } } = deps;
  const driven = new Map<BeadKey, Promise<void>>();
  /** Of those that have not ended: when driving began, how often it failed in a row, and when it is tried again. */
  const tried = new Map<BeadKey, Upkeep>();
  const listeners = new Set<() => void>();
  const leaving = new AbortController();

  async function drive(key: BeadKey, context: Pick<LoopTick, "log" | "nudge">): Promise<void> {
    const isOver = new AbortController();
    const { log } = context;
    void clock.sleep(STABLE_AFTER, isOver.signal).then(() => {
      if (!isOver.signal.aborted) note(deps, { key, log });
    });
    try {
      const outcome = await driveOne(deps, {
        key,
        signal: leaving.signal,
        news(changed) {
          listeners.add(changed);
          return () => void listeners.delete(changed);
        },
      });
      const now = clock.now();
      if (outcome === "ended") tried.delete(key);
      else tried.set(key, { startedAt: now, failures: 0, notBefore: now + HELD_MS });
      note(deps, { key, log });
    } catch (error) {
      note(deps, { key, log, trouble: (error as Error).message });
    } finally {
      isOver.abort();
      driven.delete(key);
      context.nudge();
    }
  }

  return {
    tick(context) {
      for (const changed of [...listeners]) changed();
      if (leaving.signal.aborted) return undefined;
      let due = Infinity;
      for (const { key } of backgroundRuns(ledger.view)) {
        if (driven.has(key)) continue;
        const { start, upkeep } = decideRestart(context.woken ? undefined : tried.get(key), clock.now());
        tried.set(key, upkeep);
        if (start) driven.set(key, drive(key, context));
        else due = Math.min(due, upkeep.notBefore!);
      }
      return due;
    },
    async end() {
      leaving.abort();
      await Promise.all(driven.values());
    },
  };
}

/** Notes why a run cannot be driven, or that it is driven; where that cannot be written, its log says it. */
function note(
  { ports: { clock }, town: { ledger } }: WorkDeps,
  { key, log, trouble }: { key: BeadKey; log(text: string): void; trouble?: string },
): void {
  const text = `run ${runName(key)} cannot be driven: ${trouble}`;
  try {
    if (trouble === undefined) forgetTrouble(ledger, key);
    else if (noteTrouble(ledger, { key, trouble: { text: trouble, since: clock.now() } })) log(text);
  } catch (error) {
    log(`${trouble === undefined ? "" : `${text}; `}it cannot be noted: ${(error as Error).message}`);
  }
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
