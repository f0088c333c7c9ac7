import type { BeadKey, Ledger } from "../../../ledger/ledger.ts";
import type { Ports } from "../../../ports/ports.ts";
import { BUSY_MS, createRest, type LedgerNews } from "./driver_rest.ts";

/** A run that is driven, as whoever looks for news of it sees it. */
export interface Followed {
  key: BeadKey;
  /** How far its journal was read. */
  arrival(): number;
  /** Whether any change of the ledger may concern it, not only one of its journal. */
  heedsAll(): boolean;
  /** Whether it asks again and again for what the ledger does not tell. */
  asksAgain(): boolean;
  /** Ends the rest of its driver. */
  ring(): void;
}

/** What the driver of one run sees of the ledger. */
export interface Sight {
  /** Looks whether something may have happened since it looked last: that can be found in its journal, or in what it heeds. */
  look(): boolean;
  /** The driver has written, once, seeing all that others had written: unless they did since, that is no news. */
  wrote(): void;
  /** Whether the ledger has changed since it looked last. */
  isBehind(): boolean;
  /** Something has happened to the run. */
  stirred(): void;
  /** How long its driver may rest, in ms. */
  longest(): number;
  end(): void;
}

/** Looks at the ledger for a run and those nested in it that this process drives: once for all of them. */
export interface Lookout {
  /** Looks for news of one more run. The first is the one that the others are nested in: its driver looks for them all. */
  follow(followed: Followed): Sight;
}

/** How long the driver of a nested run rests at most, in ms: it must show now and then that it lives. */
const NESTED_MS = 5_000;

/** Makes a lookout; `arrival` is how far the journal of the first run was read, `news` as in `createRest`. */
export function createLookout(
  ports: Pick<Ports, "clock" | "files">,
  { ledger, arrival: from, news }: { ledger: Ledger; arrival: number; news?: LedgerNews | undefined },
): Lookout {
  const { clock } = ports;
  const all = new Map<BeadKey, { followed: Followed; isNamed: boolean }>();
  let first: Followed | undefined;
  const rest = createRest(ports, { ledger, ring: () => first?.ring(), news });
  let version = -1;
  let arrived = from;
  let [told, toldAt] = [-1, -Infinity];

  /** Tells those in whose journals something has arrived; one query for all. */
  function look(by: Followed): void {
    const now = ledger.version();
    if (now === version) return;
    version = now;
    rest.stirred();
    for (const { name, arrival } of ledger.view.journalsAfter(arrived)) {
      arrived = Math.max(arrived, arrival);
      const known = all.get(name as BeadKey);
      if (!known || arrival <= known.followed.arrival()) continue;
      known.isNamed = true;
      if (known.followed !== by) known.followed.ring();
    }
  }

  /** Tells those that may be concerned by what stands in no journal of theirs, not too often. */
  function tellOthers(): void {
    const now = clock.monotonic();
    if (now - toldAt < BUSY_MS) return;
    const isNews = told !== version;
    [told, toldAt] = [version, now];
    for (const { followed } of all.values()) {
      const isConcerned = isNews && followed.heedsAll() || followed.asksAgain();
      if (isConcerned && followed !== first) followed.ring();
    }
  }

  return {
    follow(followed) {
      first ??= followed;
      const own = { followed, isNamed: true };
      all.set(followed.key, own);
      let seen = -1;
      /** When something was found last, or might have been. */
      let [found, foundAt] = [-1, -Infinity];
      return {
        look() {
          look(followed);
          if (followed === first) tellOthers();
          // An index that was made anew counts arrivals otherwise: now and then each looks for itself.
          const isTime = found !== version && clock.monotonic() - foundAt >= NESTED_MS;
          const isNews = own.isNamed || isTime || seen !== version && followed.heedsAll();
          own.isNamed = false;
          seen = version;
          if (isNews) [found, foundAt] = [version, clock.monotonic()];
          return isNews;
        },
        wrote() {
          const now = ledger.version();
          // The same write may have brought in what other replicas have added to other journals.
          if (now !== version + 1 || all.size > 1) return;
          version = now;
          if (!followed.heedsAll()) seen = now;
        },
        isBehind: () => ledger.version() !== seen,
        stirred: rest.stirred,
        longest: () => followed === first ? rest.longest() : NESTED_MS,
        end() {
          // A driver that follows in this process may look for news of the same run already.
          if (all.get(followed.key) === own) all.delete(followed.key);
          if (followed === first) rest.end();
        },
      };
    },
  };
}
