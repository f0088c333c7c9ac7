import { wrongExpression } from "../steps/outputs.ts";
import type { LoggedEvent, OpenRun } from "../journal/run_log.ts";
import type { StepAt } from "../journal/step_at.ts";
import type { Driver } from "./driver_state.ts";
import { askFor, type Asking, groupKey, groupName, judgeHolders, standingOf, takePlace } from "./groups.ts";

/** How often is looked for a place while all of a group are taken, in ms. */
const AGAIN_MS = 500;

/** Whether there is a place, or why there never will be. */
export type Place = "taken" | "none" | LoggedEvent;

/** Takes the place of a run in its group, unless it has one or ends anyway. */
export function placeOfRun(driver: Driver, { open, now }: { open: OpenRun; now: number }): Place {
  const { concurrency } = open.begun.definition;
  if (!concurrency || open.run.stage !== "steps") return "taken";
  try {
    const group = groupName(driver.deps.language, { concurrency, open, now });
    return take(driver, askFor({ ...concurrency, group }, { open, around: driver.around }));
  } catch (error) {
    return { kind: "expired", text: `its group: ${wrongExpression(error).reason.text}` };
  }
}

/** Takes the place of a step's next attempt in its group. */
export function placeOfStep(
  driver: Driver,
  { open, step, group }: { open: OpenRun; step: StepAt; group: string | undefined },
): "taken" | "none" {
  const { concurrency } = step.definition;
  if (!concurrency || group === undefined) return "taken";
  return take(driver, askFor({ limit: concurrency.limit, group }, { open, around: driver.around, step }));
}

/** The group in which a step needs a place; undefined for one that needs none. @throws {ExpressionError} */
export function groupOfStep(
  driver: Driver,
  { open, step, now }: { open: OpenRun; step: StepAt; now: number },
): string | undefined {
  const { concurrency } = step.definition;
  return concurrency && groupName(driver.deps.language, { concurrency, open, step, now });
}

/** All that wait for a group are answered alike: who holds it is asked once, then it is looked for again in a while. */
function take(driver: Driver, asking: Asking): "taken" | "none" {
  const { deps: { ledger, ports: { clock } }, waits, verdicts } = driver;
  const name = `${asking.limit} ${groupKey(asking)}`;
  if (waits.has(name)) return "none";
  const standing = takePlace(ledger, asking, verdicts);
  if (standing === "taken") return "taken";
  waits.set(name, asking);
  // Journals are read only once nobody waits for this write to end.
  lookAt(driver, clock.now() + (standing === "unknown" ? 0 : AGAIN_MS));
  return "none";
}

function lookAt(driver: Driver, at: number): void {
  if (at >= driver.looksAt) return;
  driver.looksAt = at;
  driver.timers.add(at, () => {
    if (driver.looksAt !== at) return;
    driver.looksAt = Infinity;
    look(driver);
  });
}

/** Nobody tells when a place is free. Looking for one writes nothing. */
function look(driver: Driver): void {
  const { deps, waits, open } = driver;
  const askings = [...waits.values()].map((asking) => ({ ...asking, open }));
  const verdicts = driver.verdicts = judgeHolders(deps, askings, driver.verdicts);
  driver.looksAgain ||= askings.some((asking) => standingOf(deps.ledger, asking, verdicts) === "free");
  if (!driver.looksAgain && waits.size > 0) lookAt(driver, deps.ports.clock.now() + AGAIN_MS);
}
