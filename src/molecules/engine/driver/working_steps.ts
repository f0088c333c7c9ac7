import { pendingEffects } from "../../machine/pending_effects.ts";
import type { OpenRun } from "../journal/run_log.ts";
import { stepAt } from "../journal/step_at.ts";

/** How many commands are at work at a time in a run and in all those nested in it that this process drives. */
export interface Jobs {
  /** The commands of one more of these runs; those of `found` are at work, whether there is room for them or not. */
  ofRun(found?: readonly string[]): WorkingSteps;
}

/** The steps of one run whose command is at work. */
export interface WorkingSteps {
  has(step: string): boolean;
  /** One more is, for which there was room or which was found so. */
  add(step: string): void;
  delete(step: string): void;
  /**
   * Whether one more may begin. Who may not waits from then on, behind those who wait already, until it has added one or
   * withdraws; `tell` is called once there is room for it.
   */
  hasRoom(tell: () => void): boolean;
  /** It does not wait for room any more. */
  withdraw(): void;
  /** Tells those for whom there is room by now. */
  share(): void;
  /** None is, as far as this process is concerned, and none will be. */
  end(): void;
}

/** Makes what counts the commands of runs; `limit` of them may be at work at a time. */
export function createJobs(limit: number): Jobs {
  let taken = 0;
  /** Who waits for room, the longest first. */
  const waiting = new Map<WorkingSteps, () => void>();
  const share = () => {
    let room = limit - taken;
    for (const tell of waiting.values()) {
      if (room-- <= 0) return;
      tell();
    }
  };
  const isAmongFirst = (who: WorkingSteps, room: number) => {
    for (const first of waiting.keys()) {
      if (room-- <= 0) return false;
      if (first === who) return true;
    }
    return room > 0;
  };
  return {
    ofRun(found = []) {
      const steps = new Set<string>();
      const own: WorkingSteps = {
        has: (step) => steps.has(step),
        add(step) {
          if (steps.has(step)) return;
          steps.add(step);
          taken++;
          // Whoever wants more waits behind the others.
          waiting.delete(own);
        },
        delete(step) {
          if (steps.delete(step)) taken--;
        },
        hasRoom(tell) {
          if (isAmongFirst(own, limit - taken)) return true;
          if (!waiting.has(own)) waiting.set(own, tell);
          return false;
        },
        withdraw: () => void waiting.delete(own),
        share,
        end() {
          taken -= steps.size;
          steps.clear();
          waiting.delete(own);
          share();
        },
      };
      for (const step of found) own.add(step);
      return own;
    },
  };
}

/** The steps of a run whose command has begun and has not ended, as far as is known. */
export function commandsAtWork(open: OpenRun): string[] {
  return pendingEffects(open.rules, open.run).flatMap((effect) => {
    const isUnderWay = effect.kind === "perform" || effect.kind === "stop";
    return isUnderWay && stepAt(open, effect.step).definition.action.kind === "run" ? [effect.step] : [];
  });
}
