import { describe, it } from "@std/testing/bdd";
import { assertEquals } from "@std/assert";
import type { Bead, BeadKey } from "../../../src/ledger/ledger.ts";
import type { Attempt, AttemptState } from "../../../src/work/attempt.ts";
import type { Assignment } from "../../../src/work/attempt_store.ts";
import { decideGrants } from "../../../src/work/grants.ts";

interface Sketch {
  id: string;
  state?: AttemptState;
  worker?: number;
  priority?: number;
  blocked?: boolean;
  notBefore?: number;
  slungAt?: number;
}

function assignment(
  { id, state = "hooked", worker, priority = 2, blocked = false, ...rest }: Sketch,
): Assignment {
  const bead = { key: id as BeadKey, id, priority, blocked } as Bead;
  const attempt = {
    n: 1,
    state,
    rig: "csm",
    notBefore: 0,
    slungAt: 0,
    ...rest,
    ...(worker ? { worker } : {}),
  } as Attempt;
  return { bead, attempt };
}

function workersFor(sketches: Sketch[], options: { places?: number; taken?: number[]; now?: number } = {}) {
  return decideGrants(sketches.map(assignment), {
    places: options.places ?? 4,
    now: options.now ?? 100,
    takenWorkers: new Set(options.taken),
  });
}

describe("the dispatcher", () => {
  it("gives the smallest free numbers by priority, then to who waits longest", () => {
    const { grants } = workersFor([
      { id: "late", slungAt: 2 },
      { id: "early", slungAt: 1 },
      { id: "urgent", priority: 0, slungAt: 3 },
    ]);
    assertEquals(grants.map(({ key, worker }) => `${key}:${worker}`), ["urgent:1", "early:2", "late:3"]);
  });

  it("never gives more places than the limit", () => {
    const { grants } = workersFor([{ id: "a", state: "working", worker: 1 }, { id: "b" }, { id: "c" }], {
      places: 2,
    });
    assertEquals(grants.map(({ key }) => key), ["b" as BeadKey]);
  });

  it("leaves places free that submitted work no longer needs", () => {
    const { grants } = workersFor([{ id: "a", state: "queued", worker: 1 }, { id: "b" }], { places: 1 });
    assertEquals(grants.map(({ worker }) => worker), [2]);
  });

  it("passes over a blocked bead and one whose pause is not over", () => {
    const decided = workersFor([{ id: "a", blocked: true }, { id: "b", notBefore: 500 }, { id: "c" }]);
    assertEquals(decided.grants.map(({ key }) => key), ["c" as BeadKey]);
    assertEquals(decided.lookAgainAt, 500);
  });

  it("gives a reworked bead the worker whose worktree it has", () => {
    const { grants } = workersFor([{ id: "a", worker: 7 }, { id: "b" }], { taken: [1] });
    assertEquals(grants.map(({ worker }) => worker).sort(), [2, 7]);
  });
});
