import type { BeadKey } from "../ledger/ledger.ts";
import { attemptOf } from "./attempt_store.ts";
import type { WorkDeps } from "./sling.ts";

/** How the followed beads ended. */
export interface Followed {
  /** Whether every one was closed. */
  ok: boolean;
  beads: { bead: string; status: string; state?: string; landed?: string; question?: string }[];
}

/** Prints each step of some beads until every one is closed or needs a person. */
export async function followBeads(
  { ports, town }: WorkDeps,
  options: { keys: readonly BeadKey[]; print: (line: string) => void },
): Promise<Followed> {
  const { keys, print } = options;
  const shown = new Map<BeadKey, string>();
  for (let version = -1;;) {
    const now = town.ledger.version();
    if (now !== version) {
      version = now;
      const followed = look();
      if (followed) return followed;
    }
    await ports.clock.sleep(100);
  }

  function look(): Followed | undefined {
    let open = 0;
    const beads = keys.map((key) => {
      const bead = town.ledger.view.beadByKey(key)!;
      const attempt = attemptOf(bead);
      const state = attempt?.state;
      const line = `${bead.id}: ${state === undefined ? bead.status : `attempt ${attempt!.n} ${state}`}`;
      if (shown.get(key) !== line) {
        shown.set(key, line);
        print(`${line}${attempt?.question ? `: ${attempt.question}` : ""}`);
      }
      const isOver = bead.status === "closed" || state === "waiting" || state === "escalated" ||
        state === "released";
      if (!isOver) open++;
      return {
        bead: bead.id,
        status: bead.status,
        ...(state ? { state } : {}),
        ...(attempt?.landed ? { landed: attempt.landed } : {}),
        ...(attempt?.question ? { question: attempt.question } : {}),
      };
    });
    return open === 0 ? { ok: beads.every(({ status }) => status === "closed"), beads } : undefined;
  }
}
