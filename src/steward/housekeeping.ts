import { keepProjection } from "../ledger/projection.ts";
import { PROJECTION_DELAY_MS } from "../ledger/projection_due.ts";
import { syncLedger } from "../ledger/sync.ts";
import type { LoopTick } from "../town/loops/loop.ts";
import type { WorkDeps } from "../work/sling.ts";

/** Keeps what is derived from the ledger up to date, and the ledger's other replicas. */
export interface Housekeeping {
  /** Does what is due once the ledger has been quiet; returns when to be called again, in ms since the epoch. */
  tick(context: Pick<LoopTick, "log" | "woken">): Promise<number | undefined>;
}

/** How long the ledger must have stood still, in ms, before its projection is renewed and it is synchronised. */
const QUIET_MS = Math.max(3_000, PROJECTION_DELAY_MS);
/** When something that failed is tried again, in ms. */
const AGAIN_MS = 60_000;

/** Makes the housekeeping of a town. Nothing is written or spawned while nothing has changed. */
export function createHousekeeping(deps: WorkDeps): Housekeeping {
  const { ports, town } = deps;
  let seen = -1;
  let changedAt = 0;
  let projected = -1;
  let synced = -1;
  let syncAt = 0;
  let syncing = false;
  let projectAt = 0;
  let said = "";

  function complain(context: Pick<LoopTick, "log">, what: string, error: unknown): void {
    const text = `${what}: ${(error as Error).message}`;
    if (text !== said) context.log(text);
    said = text;
  }

  function project(context: Pick<LoopTick, "log">, now: number): number | undefined {
    if (projected === seen) return undefined;
    if (now < projectAt) return projectAt;
    try {
      if (!keepProjection(town.ledger, ports)) return projectAt = now + AGAIN_MS;
      projected = seen;
      return undefined;
    } catch (error) {
      complain(context, "the projection is not renewed", error);
      return projectAt = now + AGAIN_MS;
    }
  }

  async function sync(context: Pick<LoopTick, "log">, remote: string | undefined): Promise<void> {
    const version = seen;
    syncing = true;
    try {
      const summary = await syncLedger(town.ledger, ports, remote === undefined ? {} : { remote });
      if (summary.failure !== undefined) complain(context, "sync", new Error(summary.failure));
      else said = "";
      synced = version;
    } catch (error) {
      complain(context, "sync", error);
      synced = version;
    } finally {
      syncing = false;
    }
  }

  return {
    async tick(context) {
      const now = ports.clock.now();
      const version = town.ledger.version();
      if (version !== seen) [seen, changedAt] = [version, now];
      if (now - changedAt < QUIET_MS) return changedAt + QUIET_MS;
      const { sync: { interval, remote } } = await town.config();
      const projectionDue = project(context, now);
      const isWanted = synced !== seen || remote !== undefined;
      if (context.woken && remote !== undefined) syncAt = now;
      if (isWanted && !syncing && now >= syncAt) {
        syncAt = now + interval;
        void sync(context, remote);
      }
      const syncDue = isWanted ? syncAt : undefined;
      return Math.min(projectionDue ?? Infinity, syncDue ?? Infinity);
    },
  };
}
