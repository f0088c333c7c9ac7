import { formatDuration } from "../../lib/duration.ts";
import type { StepDefinition } from "../definition.ts";
import { exitReason, silenceReason } from "../engine/commands/exit_reason.ts";
import { unopened } from "../engine/gates/unopened.ts";
import { budgetMs, usedUp } from "../machine/budget.ts";
import type { Reason } from "../machine/run.ts";
import type { WrittenResult } from "./schema.ts";

/** Reasons that a case may give for a failure. */
export type GivenReason = NonNullable<WrittenResult["fails"]>;

/** Why a step can fail, by what it is; that an expression cannot be worked out is found by itself. */
export const REASONS: Readonly<Record<StepDefinition["action"]["kind"], readonly GivenReason[]>> = {
  run: ["exit", "timeout", "heartbeat", "unknown", "start", "budget"],
  prompt: ["failed", "timeout", "start", "budget"],
  gate: ["failed", "rejected", "timeout", "start"],
  molecule: ["failed", "timeout", "start", "budget"],
  convoy: ["failed", "timeout", "start", "budget"],
  checklist: ["failed", "timeout", "start"],
};

/** The reason as a real run words it. */
export function defaultReason(
  { action, timeout, heartbeat, budget }: StepDefinition,
  { fails, code }: { fails: GivenReason; code: number | undefined },
): Reason {
  switch (fails) {
    case "exit":
      return exitReason(code === undefined ? {} : { code });
    case "unknown":
      return exitReason({});
    case "heartbeat":
      return heartbeat === undefined ? { kind: fails, text: fails } : silenceReason(heartbeat);
    case "timeout":
      if (timeout === undefined) return { kind: fails, text: fails };
      return action.kind === "gate"
        ? unopened(timeout)
        : { kind: fails, text: `longer than ${formatDuration(timeout)}` };
    case "budget": {
      const ms = budgetMs(budget);
      const of = ms === undefined ? undefined : formatDuration(ms);
      return of === undefined ? { kind: fails, text: "its budget is used up" } : usedUp({ spent: of, of });
    }
    case "rejected":
      return { kind: fails, text: "rejected by overseer" };
    case "start":
      return { kind: fails, text: "it cannot be started" };
    case "failed":
      return { kind: fails, text: fails };
  }
}
