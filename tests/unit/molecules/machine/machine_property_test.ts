import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { beginRun, transition } from "../../../../src/molecules/machine/machine.ts";
import { pendingEffects } from "../../../../src/molecules/machine/pending_effects.ts";
import { rulesOf, type RunRules } from "../../../../src/molecules/machine/rules.ts";
import { hasEnded, type RunEvent, type RunState } from "../../../../src/molecules/machine/run.ts";
import { effectText } from "./play.ts";
import { answer, check, choices, definitions, interruption } from "./random_runs.ts";

/** What is due after an event: what was due and has not been answered, and what the event asks for. */
function stillDue(
  rules: RunRules,
  options: { due: readonly string[]; run: RunState; more: readonly string[] },
): string[] {
  const now = new Set(pendingEffects(rules, options.run).map(effectText));
  const all = [...options.due, ...options.more].filter((text) => now.has(text));
  return [...new Set(all)].sort();
}

describe("any run of any molecule", () => {
  it("keeps what must hold in every state, ends, and gives the same state from the same events", () => {
    fc.assert(
      fc.property(definitions, choices, (definition, picks) => {
        const rules = rulesOf(definition);
        const begun = beginRun(rules, { at: 0 });
        let { run } = begun;
        let due = begun.effects.map(effectText);
        const log: RunEvent[] = [];
        let at = 0;
        const step = (event: RunEvent) => {
          const text = JSON.stringify(run);
          const outcome = transition(rules, { run, event });
          assertEquals(JSON.stringify(run), text, "the state before was changed");
          if (outcome.kind !== "moved") return outcome.kind;
          const before = run;
          ({ run } = outcome);
          check(rules, run);
          due = stillDue(rules, { due, run, more: outcome.effects.map(effectText) });
          if (event.kind !== "retried") {
            assertEquals(due, pendingEffects(rules, run).map(effectText).sort(), "effects say what is due");
          } else due = pendingEffects(rules, run).map(effectText);
          assert(!hasEnded(before) || event.kind === "retried");
          log.push(event);
          return outcome.kind;
        };
        for (const [which, how, odd] of picks) {
          at++;
          const odder = interruption(odd, at);
          const pending = pendingEffects(rules, run);
          if (odder) step(odder);
          else if (pending.length > 0) {
            step(answer({ rules, run }, { effect: pending[which % pending.length]!, how, at }));
          }
        }
        // Whatever state it is in, answering what is due brings it to its end.
        for (let rest = 0; !hasEnded(run) && rest < 2_000; rest++) {
          at++;
          if (run.status === "paused") step({ kind: "resumed", by: "me", at });
          const pending = pendingEffects(rules, run);
          const moved = pending.some((effect) =>
            step(answer({ rules, run }, { effect, how: 4, at })) === "moved"
          );
          assert(moved, "nothing that is due can be answered");
        }
        assert(hasEnded(run));
        let again = beginRun(rules, { at: 0 }).run;
        for (const event of log) {
          const outcome = transition(rules, { run: again, event: structuredClone(event) });
          if (outcome.kind !== "moved") throw new Error(outcome.kind);
          again = outcome.run;
        }
        assertEquals(JSON.stringify(again), JSON.stringify(run));
      }),
      { numRuns: 300 },
    );
  });
});
