import type { Bead } from "../../ledger/ledger.ts";
import { originOf } from "../../molecules/checklist.ts";
import type { Performed } from "./script.ts";

/** What closing steps works with. */
export interface StepDesk {
  /** The steps of the bead as they are now: those that are open first, the next one at their head. */
  steps(): readonly Bead[];
  /** Runs a command as the agent's shell tool does. */
  run(command: string): Promise<{ code: number | undefined }>;
}

/**
 * Closes steps of the bead with the real command: the one called `only` in its molecule, or all that are open in turn.
 *
 * A step that is closed already counts as done, so that doing it again comes to the same.
 */
export async function closeSteps(desk: StepDesk, only: string | undefined): Promise<Performed> {
  const failed = (reason: string): Performed => ({ kind: "failed", reason });
  for (;;) {
    const wanted = desk.steps().filter((step) => only === undefined || originOf(step)?.id === only);
    if (only !== undefined && wanted.length === 0) return failed(`there is no step "${only}"`);
    const next = wanted.find(({ status }) => status !== "closed");
    if (!next) return { kind: "performed" };
    const { code } = await desk.run(`bd close ${next.id} --continue`);
    if (code !== 0) return failed(`step ${next.id} could not be closed`);
  }
}
