import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Ledger } from "../../../../../src/ledger/ledger.ts";
import {
  askFor,
  type Asking,
  judgeHolders,
  takePlace,
  whoHasPlaces,
} from "../../../../../src/molecules/engine/driver/groups.ts";
import { takeLease } from "../../../../../src/molecules/engine/driver/lease.ts";
import { createKnownRuns, stepsAround } from "../../../../../src/molecules/engine/journal/known_runs.ts";
import type { OpenRun } from "../../../../../src/molecules/engine/journal/run_log.ts";
import { changeRun, createRun } from "../../../../../src/molecules/engine/journal/run_store.ts";
import { stepAt } from "../../../../../src/molecules/engine/journal/step_at.ts";
import { makeLedger, type TestLedger } from "../../../ledger/fixture.ts";
import { definitionOf } from "../../language_fixture.ts";

const text = `molecule: m
steps:
  - { id: one, run: "true", concurrency: { group: g } }
  - { id: two, run: "true", concurrency: { group: g } }
`;

/** Runs in a ledger of their own, which ask for places in one group. */
async function groupOf({ ledger, ports }: TestLedger, limit: number) {
  const definition = await definitionOf(text);
  let count = 0;
  const runs = createKnownRuns(ledger);
  const begin = (parent?: { open: OpenRun; step: string }): OpenRun =>
    ledger.write("me", (transaction) =>
      createRun(transaction, {
        id: `cs-mol-${count++}`,
        title: "m",
        begun: {
          ...{ definition, values: {}, environment: {}, folder: ".", by: "me" },
          ...(parent ? { parent: { run: parent.open.key, step: parent.step, attempt: 1, depth: 1 } } : {}),
        },
      }).open);
  const asking = (open: OpenRun, step: string): Asking =>
    askFor({ group: "g", limit }, { open, around: stepsAround(runs, open), step: stepAt(open, step) });
  const deps = { ports, ledger, runs };
  return {
    begin,
    /** Drives it in this process. */
    drive(open: OpenRun): OpenRun {
      const taken = takeLease({ ports, ledger }, { open, by: "me" });
      if (taken.kind !== "taken") throw new Error(taken.kind);
      return taken.open;
    },
    happens: (open: OpenRun, kind: "started" | "succeeded", step: string): OpenRun =>
      changeRun(ledger, {
        open,
        actor: "me",
        change: ({ push }) =>
          push(kind === "started" ? { kind, step } : { kind, step, attempt: stepAt(open, step).attempt }),
      }).open,
    /** Asks for a place, after it was looked at who has them where `looks`. */
    take(open: OpenRun, step: string, { looks = true } = {}) {
      const ask = asking(open, step);
      return takePlace(ledger, ask, looks ? judgeHolders(deps, [ask], new Map()) : new Map());
    },
    taking(open: OpenRun, step: string, use: (ledger: Ledger) => Ledger) {
      const ask = asking(open, step);
      const verdicts = judgeHolders(deps, [ask], new Map());
      return () => takePlace(use(ledger), ask, verdicts);
    },
    heldBy: (open: OpenRun, step: string) => whoHasPlaces(deps, asking(open, step))?.map(({ step }) => step),
  };
}

describe("a place in a group", () => {
  it("is asked for within a write without reading the run of who has it", async () => {
    using made = makeLedger();
    const { begin, drive, happens, take, taking } = await groupOf(made, 1);
    const [first, second] = [drive(begin()), begin()];
    assertEquals(take(first, "one"), "taken");
    const holding = happens(first, "started", "one");
    assertEquals(take(second, "one", { looks: false }), "unknown");
    const read: number[] = [];
    const counted = (ledger: Ledger): Ledger => ({
      ...ledger,
      view: {
        ...ledger.view,
        journal(key, after) {
          read.push(after);
          return ledger.view.journal(key, after);
        },
      },
    });
    assertEquals(taking(second, "one", counted)(), "full");
    const ended = happens(holding, "succeeded", "one");
    assertEquals(taking(second, "one", counted)(), "taken");
    assertEquals(read.every((after) => after === ended.arrival), true, `${read}`);
  });

  it("is not taken from who went on after it was looked at", async () => {
    using made = makeLedger();
    const { begin, drive, happens, take, taking } = await groupOf(made, 1);
    const [first, second] = [begin(), begin()];
    assertEquals(take(first, "one"), "taken");
    const holding = happens(first, "started", "one");
    const takes = taking(second, "one", (ledger) => ledger);
    // Nobody drove it when it was looked at.
    drive(holding);
    assertEquals([takes(), take(second, "one")], ["unknown", "full"]);
  });

  it("is taken from an attempt that has ended, whatever has happened to its run since it was looked at", async () => {
    using made = makeLedger();
    const { begin, drive, happens, take, taking } = await groupOf(made, 1);
    const [first, second] = [drive(begin()), begin()];
    assertEquals(take(first, "one"), "taken");
    const ended = happens(happens(first, "started", "one"), "succeeded", "one");
    const takes = taking(second, "one", (ledger) => ledger);
    // A run that goes on all the time would keep others out of the group for ever.
    happens(ended, "started", "two");
    assertEquals(takes(), "taken");
  });

  it("is lent by a step to one step at a time of those nested in it", async () => {
    using made = makeLedger();
    const { begin, drive, happens, take, heldBy } = await groupOf(made, 1);
    const [outer, other] = [drive(begin()), drive(begin())];
    assertEquals(take(outer, "one"), "taken");
    const around = happens(outer, "started", "one");
    const inner = drive(begin({ open: around, step: "one" }));
    assertEquals([take(inner, "one"), take(other, "one"), take(around, "two")], ["taken", "full", "full"]);
    const within = happens(inner, "started", "one");
    assertEquals([take(within, "two"), heldBy(within, "two"), heldBy(other, "one")], ["full", ["one"], [
      "one",
    ]]);
    const after = happens(within, "succeeded", "one");
    assertEquals([take(other, "one"), take(after, "two")], ["full", "taken"]);
  });

  it("is one's own again when what it was lent to has ended, whatever others take", async () => {
    using made = makeLedger();
    const { begin, drive, happens, take } = await groupOf(made, 2);
    const [outer, other] = [drive(begin()), drive(begin())];
    assertEquals(take(outer, "one"), "taken");
    const around = happens(outer, "started", "one");
    const inner = drive(begin({ open: around, step: "one" }));
    assertEquals(take(inner, "one"), "taken");
    const within = happens(inner, "started", "one");
    assertEquals(take(other, "one"), "taken");
    happens(other, "started", "one");
    assertEquals(take(within, "two"), "full");
    const after = happens(within, "succeeded", "one");
    assertEquals([take(around, "two"), take(after, "two")], ["full", "taken"]);
  });
});
