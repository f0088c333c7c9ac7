import { formatDuration } from "../../../lib/duration.ts";
import { budgetMs, tookTooLong, usedUp } from "../../machine/budget.ts";
import { agentBeads, boundsAgents, LOOK_MS, lookAt } from "../steps/spending.ts";
import { guarded } from "../steps/trouble.ts";
import type { Driver } from "./driver_state.ts";

/** Ends a run once it has taken longer than it may, or used up its budget; what comes at its end is not bounded. */
export function watchRun(driver: Driver): void {
  const { timeout, budget } = driver.open.begun.definition;
  if (timeout !== undefined) {
    after(driver, timeout, () => driver.inbox.push({ kind: "expired", text: tookTooLong(timeout) }));
  }
  const time = budgetMs(budget);
  if (time !== undefined) {
    after(driver, time, () => {
      const of = formatDuration(time);
      driver.inbox.push({ kind: "expired", text: usedUp({ spent: of, of }).text, of: "budget" });
    });
  }
  if (boundsAgents(budget) && driver.deps.spending) watchSpent(driver);
}

/** Does something so long after the run began, or was tried again. */
function after(driver: Driver, ms: number, then: () => void): void {
  driver.timers.add(driver.open.run.startedAt + ms, () => {
    // It was tried again meanwhile.
    if (driver.deps.ports.clock.now() < driver.open.run.startedAt + ms) after(driver, ms, then);
    else then();
  });
}

function watchSpent(driver: Driver): void {
  const { deps: { ports: { clock }, spending, ledger, trouble }, open: { begun }, timers, inbox, alarm } =
    driver;
  const look = async () => {
    if (driver.leaving) return;
    const reason = await lookAt(spending!, {
      budget: begun.definition.budget!,
      beads: agentBeads(ledger.view, driver.open),
    });
    if (driver.leaving) return;
    if (reason && driver.open.run.outcome === undefined) {
      inbox.push({ kind: "expired", text: reason.text, of: "budget" });
    }
    lookAgain(LOOK_MS);
    alarm.ring();
  };
  const lookAgain = (ms: number) =>
    timers.add(clock.now() + ms, () => void guarded({ trouble }, { work: look }));
  lookAgain(0);
}
