import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { Definition } from "../../../../src/molecules/definition.ts";
import { beginRun, transition } from "../../../../src/molecules/machine/machine.ts";
import { pendingEffects } from "../../../../src/molecules/machine/pending_effects.ts";
import { rulesOf, type RunRules } from "../../../../src/molecules/machine/rules.ts";
import { hasEnded, type RunState } from "../../../../src/molecules/machine/run.ts";
import { recordAt, recordsOf } from "../../../../src/molecules/machine/step_list.ts";
import { type GivenAttempts, upgradeRun } from "../../../../src/molecules/machine/upgrade.ts";
import { definitionOf, stepOf, type StepParts } from "./definitions.ts";
import { createPlay, type Play } from "./play.ts";
import { answer, check, choices, definitions } from "./random_runs.ts";

/** Moves what was played so far to other steps. */
function moved(
  play: Play,
  { steps, last = [], afterEnd = false, attempts }: {
    steps: readonly StepParts[];
    last?: readonly StepParts[];
    afterEnd?: boolean;
    attempts?: GivenAttempts | undefined;
  },
) {
  const to = rulesOf(definitionOf({ steps, finally: last }));
  const outcome = upgradeRun({ from: play.rules, to, run: play.run(), at: 5, afterEnd, attempts });
  if (outcome.kind === "refused") throw new Error(outcome.why);
  const { run } = outcome;
  check(to, run);
  const statuses = to.steps.map(({ id, index }) => `${id} ${recordAt(run.steps, index).status}`);
  return { statuses, due: pendingEffects(to, run).map((effect) => Object.values(effect).join(" ")), run };
}

/** Why it cannot be moved. */
function refusal(play: Play, steps: readonly StepParts[]): string {
  return assertThrows(() => moved(play, { steps }), Error).message;
}

/** What is due once all that failed is tried again. */
function retried(steps: readonly StepParts[], run: RunState): string[] {
  const rules = rulesOf(definitionOf({ steps }));
  const outcome = transition(rules, { run, event: { kind: "retried", steps: [], by: "me", at: 6 } });
  if (outcome.kind !== "moved") throw new Error(JSON.stringify(outcome));
  check(rules, outcome.run);
  return pendingEffects(rules, outcome.run).map((effect) => Object.values(effect).join(" "));
}

describe("moving a run to another text", () => {
  const play = () => {
    const begun = createPlay(definitionOf({
      steps: [{ id: "a" }, { id: "b", needs: ["a"] }, { id: "c", needs: ["b"] }],
      finally: [{ id: "last" }],
    }));
    begun.start("a");
    begun.succeed("a");
    begun.start("b");
    return begun;
  };

  it("keeps what has ended and what is at work; what has not begun follows the new text", () => {
    const outcome = moved(play(), {
      steps: [
        { id: "new" },
        { id: "a", run: "other" },
        { id: "b", needs: ["a"] },
        { id: "d", needs: ["a", "new"] },
      ],
    });
    assertEquals(outcome.statuses, ["new ready", "a succeeded", "b running", "d pending"]);
    assertEquals(outcome.due.sort(), ["launch new", "perform b 1"]);
    assertEquals(outcome.run.left, 3);
  });

  it("is refused where a step that is at work is gone or different, but not for another title or place", () => {
    assertEquals(refusal(play(), [{ id: "a" }]), '"b" is at work, and is not in it any more');
    const changed = refusal(play(), [{ id: "a" }, { id: "b", needs: ["a"], run: "other" }]);
    assertEquals(changed, '"b" is at work, and has been changed');
    const named = moved(play(), {
      steps: [{ id: "a" }, { id: "b", needs: ["a"], title: { text: "B" }, place: { line: 9, column: 1 } }],
    });
    assertEquals(named.statuses, ["a succeeded", "b running"]);
  });

  it("does not mind in which order a step was kept, nor that its expressions know their lines", () => {
    const text = { text: "{{ 1 +\n 1 }}", places: [{ line: 1, column: 1 }] };
    const turns = [{ at: 8, line: 2, column: 7 }];
    const kept = createPlay(definitionOf({ steps: [{ id: "a", env: { A: text }, timeout: 9 }] }));
    kept.start("a");
    const outcome = moved(kept, { steps: [{ timeout: 9, env: { A: { turns, ...text } }, id: "a" }] });
    assertEquals(outcome.statuses, ["a running"]);
    assertEquals(refusal(kept, [{ id: "a", timeout: 9 }]), '"a" is at work, and has been changed');
  });

  it("is refused once the run is ending", () => {
    const ending = play();
    ending.succeed("b");
    ending.start("c");
    ending.succeed("c");
    assertEquals(refusal(ending, [{ id: "a" }]), "it is ending");
    ending.start("last");
    ending.succeed("last");
    assertEquals(refusal(ending, [{ id: "a" }]), "it is succeeded");
    assertThrows(() => moved(ending, { steps: [{ id: "a" }], afterEnd: true }), Error, "it is succeeded");
  });

  it("keeps one that has failed as it is until it is tried again, and only where that is meant", () => {
    const failed = play();
    failed.fail("b");
    failed.start("last");
    failed.succeed("last");
    assertEquals(refusal(failed, [{ id: "a" }]), "it is failed");
    const options = { steps: [{ id: "a" }, { id: "new" }, { id: "b", needs: ["a", "new"] }], afterEnd: true };
    const outcome = moved(failed, options);
    assertEquals(outcome.statuses, ["a succeeded", "new pending", "b failed"]);
    assertEquals([outcome.run.status, outcome.due], ["failed", []]);
    const again = retried(options.steps, outcome.run);
    assertEquals(again, ["launch new"]);
  });

  it("spreads a fan-out that has failed anew where it is over something else now", () => {
    const fan = createPlay(definitionOf({ steps: [{ id: "a", matrix: [{ n: 1 }, { n: 2 }] }] }));
    fan.apply({ kind: "spread", step: "a", items: [{ n: 1 }, { n: 2 }] });
    for (const id of ["a[0]", "a[1]"]) fan.start(id);
    fan.fail("a[0]");
    fan.succeed("a[1]");
    const same = [{ id: "a", matrix: [{ n: 1 }, { n: 2 }], run: "other" }];
    assertEquals(retried(same, moved(fan, { steps: same, afterEnd: true }).run), ["launch a[0]"]);
    const other = [{ id: "a", matrix: [{ n: 3 }] }];
    assertEquals(retried(other, moved(fan, { steps: other, afterEnd: true }).run), ["spread a"]);
    const plain = [{ id: "a" }];
    assertEquals(retried(plain, moved(fan, { steps: plain, afterEnd: true }).run), ["launch a"]);
  });

  it("lets the run go on to its end when nothing is left of its steps", () => {
    const done = play();
    done.succeed("b");
    const outcome = moved(done, { steps: [{ id: "a" }, { id: "b", needs: ["a"] }], last: [{ id: "last" }] });
    assertEquals([outcome.run.stage, outcome.due], ["finally", ["launch last"]]);
  });

  it("goes on with the numbers of attempts of a step that the run had before, and had no more", () => {
    const steps = [{ id: "a" }, { id: "b", needs: ["a"] }, { id: "x" }];
    const attemptOf = (attempts?: GivenAttempts) =>
      recordAt(moved(play(), { steps, attempts }).run.steps, 2).attempt;
    assertEquals([attemptOf({ x: 3 }), attemptOf({}), attemptOf()], [3, 0, 0]);
  });

  it("runs a step that has ended and now stands in another part; where an earlier version moved it, it counts as done", () => {
    const begun = createPlay(definitionOf({ steps: [{ id: "a" }, { id: "c" }] }));
    begun.start("a");
    begun.succeed("a");
    const rules = rulesOf(definitionOf({ steps: [{ id: "c" }], finally: [{ id: "a" }] }));
    const to = (attempts?: GivenAttempts) => {
      const outcome = upgradeRun({ from: begun.rules, to: rules, run: begun.run(), at: 5, attempts });
      if (outcome.kind === "refused") throw new Error(outcome.why);
      const { status, attempt } = recordAt(outcome.run.steps, 1);
      return { status, attempt };
    };
    assertEquals(to({}), { status: "pending", attempt: 1 });
    assertEquals(to(), { status: "succeeded", attempt: 1 });
  });

  it("carries the elements of fan-outs over to wherever they stand now", () => {
    const fan = createPlay(definitionOf({
      steps: [{ id: "a" }, { id: "b", forEach: { source: "x" } }, { id: "c", needs: ["b"] }],
    }));
    fan.apply({ kind: "spread", step: "b", items: [1, 2, 3] });
    fan.start("b[1]");
    fan.succeed("b[1]");
    fan.start("b[2]");
    const outcome = moved(fan, {
      steps: [
        { id: "b", forEach: { source: "x" } },
        { id: "x" },
        { id: "y" },
        { id: "c", needs: ["b"] },
      ],
    });
    assertEquals(outcome.due.sort(), ["launch b[0]", "launch x", "launch y", "perform b[2] 1"]);
    assertEquals([...recordsOf(outcome.run.steps)].slice(4).map(({ of, status }) => `${of} ${status}`), [
      "0 ready",
      "0 succeeded",
      "0 running",
    ]);
  });

  it("keeps all that must hold in every state, at whatever moment, and the run comes to its end", () => {
    fc.assert(
      fc.property(definitions, choices, fc.nat(), fc.nat(3), (definition, picks, at, how) => {
        const from = rulesOf(definition);
        const run = played(from, picks.slice(0, at % picks.length));
        const to = rulesOf(other(definition, how));
        const outcome = upgradeRun({ from, to, run, at: 1_000, afterEnd: true });
        if (outcome.kind === "refused") {
          assert(how > 0 || run.status === "succeeded" || run.outcome !== undefined, outcome.why);
          return;
        }
        check(to, outcome.run);
        if (hasEnded(run)) {
          const event = { kind: "retried" as const, steps: [], by: "me", at: 1_001 };
          const again = transition(to, { run: outcome.run, event });
          if (again.kind === "moved") {
            check(to, again.run);
            assert(hasEnded(ended(to, again.run)));
          } else assert(how > 0 || outcome.run.reason?.text.startsWith('"last-'), JSON.stringify(again));
          return;
        }
        if (how === 0) assertEquals(endedIn(outcome.run), endedIn(run));
        assert(hasEnded(ended(to, outcome.run)));
      }),
      { numRuns: 300 },
    );
  });
});

function endedIn(run: RunState): number {
  return [...recordsOf(run.steps)].filter(({ status }) => status === "succeeded" || status === "failed")
    .length;
}

function played(rules: RunRules, picks: readonly (readonly [number, number, number])[]): RunState {
  let { run } = beginRun(rules, { at: 0 });
  for (const [place, [which, how]] of picks.entries()) {
    const pending = pendingEffects(rules, run);
    if (pending.length === 0) return run;
    const event = answer({ rules, run }, { effect: pending[which % pending.length]!, how, at: place + 1 });
    const outcome = transition(rules, { run, event });
    if (outcome.kind === "moved") ({ run } = outcome);
  }
  return run;
}

function ended(rules: RunRules, begun: RunState): RunState {
  let run = begun;
  for (let at = 2_000; !hasEnded(run) && at < 4_000; at++) {
    if (run.status === "paused") run = { ...run, status: "running" };
    for (const effect of pendingEffects(rules, run)) {
      const outcome = transition(rules, { run, event: answer({ rules, run }, { effect, how: 4, at }) });
      if (outcome.kind !== "moved") continue;
      ({ run } = outcome);
      check(rules, run);
      break;
    }
  }
  return run;
}

/** The same molecule, or one with a step more in front that others need, without its last step, or without all needs. */
function other(definition: Definition, how: number): Definition {
  const { steps } = definition;
  if (how === 1) {
    const needing = steps.map((step) => ({
      ...step,
      needs: { mode: "all" as const, of: [...step.needs.of, "new"] },
    }));
    return { ...definition, steps: [stepOf({ id: "new" }), ...needing] };
  }
  if (how === 2) return { ...definition, steps: steps.slice(0, -1) };
  if (how === 3) {
    return {
      ...definition,
      steps: steps.map((step) => ({ ...step, needs: { mode: "all" as const, of: [] } })),
    };
  }
  return definition;
}
