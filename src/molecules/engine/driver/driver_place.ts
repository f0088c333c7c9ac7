import { takePlace } from "./groups.ts";
import { wrongExpression } from "../steps/outputs.ts";
import type { LoggedEvent, OpenRun } from "../journal/run_log.ts";
import { scopeOf } from "../journal/scope.ts";
import type { StepAt } from "../journal/step_at.ts";
import type { Driver } from "./driver_state.ts";

/** How often a place is asked for while all of a group are taken, in ms. */
const AGAIN_MS = 500;

/** Whether there is a place, or why there never will be. */
export type Place = "taken" | "none" | LoggedEvent;

/** Takes the place of a run in its group, unless it has one or ends anyway. */
export function placeOfRun(driver: Driver, { open, now }: { open: OpenRun; now: number }): Place {
  const { deps: { language } } = driver;
  const { concurrency } = open.begun.definition;
  if (!concurrency || open.run.stage !== "steps") return "taken";
  try {
    const group = language.fill(concurrency.group, scopeOf(open, { now })).trim();
    const place = { group, limit: concurrency.limit, holder: { run: open.key }, open };
    return takePlace(driver.deps, place) ? "taken" : later(driver, now);
  } catch (error) {
    return { kind: "expired", text: `its group: ${wrongExpression(error).reason.text}` };
  }
}

/** Takes the place of a step's next attempt in its group. */
export function placeOfStep(
  driver: Driver,
  { open, step, now }: { open: OpenRun; step: StepAt; now: number },
): Place {
  const { deps: { language } } = driver;
  const { definition: { concurrency }, id, attempt } = step;
  if (!concurrency) return "taken";
  try {
    const group = language.fill(concurrency.group, scopeOf(open, { step, now })).trim();
    const holder = { run: open.key, step: id, attempt: attempt + 1 };
    return takePlace(driver.deps, { group, limit: concurrency.limit, holder, open })
      ? "taken"
      : later(driver, now);
  } catch (error) {
    return { kind: "failed", step: id, attempt, ...wrongExpression(error) };
  }
}

/** Nobody tells when a place is free: the driver looks again. */
function later(driver: Driver, now: number): "none" {
  if (driver.isHeld) return "none";
  driver.isHeld = true;
  driver.timers.add(now + AGAIN_MS, () => {
    driver.isHeld = false;
    driver.looksAgain = true;
  });
  return "none";
}
