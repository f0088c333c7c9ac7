import type { TownConfig } from "../town/config/config.ts";
import type { AttemptLimits } from "./attempt.ts";

/** The bounds of a town that sets none; for callers whose event cannot fail, and so needs no configuration. */
export const defaultLimits: AttemptLimits = { attempts: 5, restarts: 3, backoffMs: 5_000 };

/** The bounds that town.yaml sets. */
export function attemptLimits(config: Pick<TownConfig, "limits">): AttemptLimits {
  const { attempts, restarts, retry_after } = config.limits;
  return { attempts, restarts, backoffMs: retry_after };
}
