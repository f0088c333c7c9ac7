import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { createBead } from "../../../../src/beads/create.ts";
import { CommandError } from "../../../../src/lib/errors.ts";
import { createTestRandom } from "../../../../src/ports/random.ts";
import { addToConvoy, closeConvoy, createConvoy, land } from "../../../../src/town/convoys/convoy_changes.ts";
import {
  convoyState,
  findConvoy,
  onlyConvoy,
  openConvoys,
  standingOf,
} from "../../../../src/town/convoys/convoys.ts";
import { inbox } from "../../../../src/town/mail/mail.ts";
import type { Attempt } from "../../../../src/work/attempt.ts";
import { makeLedger, type TestLedger } from "../../ledger/fixture.ts";

function withBeads(...ids: string[]): TestLedger {
  const test = makeLedger();
  test.ledger.write("ann", (transaction) => {
    for (const id of ids) createBead(transaction, { id, title: `Do ${id}`, random: createTestRandom() });
  });
  return test;
}

const make = ({ ledger }: TestLedger, name: string, ...beads: string[]) =>
  ledger.write(
    "ann",
    (transaction) => createConvoy(transaction, { name, beads, owner: "ann", watchers: ["coordinator"] }),
  );

function close({ ledger }: TestLedger, id: string): void {
  ledger.write(
    "ann",
    (transaction) => void transaction.set(transaction.beadById(id)!.key, { status: "closed" }),
  );
}

describe("making a convoy", () => {
  it("names it after its name, in letters that an id may have", () => {
    using test = withBeads("cs-a");
    assertEquals(make(test, "Über-Feature: v2!", "cs-a").id, "cs-cv-uber-feature-v2");
    assertEquals(make(test, "宇宙", "cs-a").id, "cs-cv-convoy");
  });

  it("lists every unknown bead and writes nothing", () => {
    using test = withBeads("cs-a");
    const error = assertThrows(() => make(test, "All", "cs-a", "cs-nope", "cs-neither"), CommandError);
    assertEquals(error.code, "beads_not_found");
    assertMatch(error.hints.join("\n"), /cs-nope[\s\S]*cs-neither/);
    assertEquals(openConvoys(test.ledger.view), []);
  });

  it("refuses what is not work", () => {
    using test = withBeads("cs-a");
    const { id } = make(test, "One", "cs-a");
    assertThrows(() => make(test, "Two", id), CommandError, "is a convoy, not work");
  });

  it("refuses a name that is under way, and gives it again once that has ended", () => {
    using test = withBeads("cs-a");
    const { key } = make(test, "All", "cs-a");
    assertThrows(() => make(test, "All", "cs-a"), CommandError, "has that name");
    test.ledger.write("ann", (transaction) => closeConvoy(transaction, { convoy: key, force: true }));
    assertEquals(make(test, "All", "cs-a").id, "cs-cv-all-2");
  });
});

describe("a convoy", () => {
  it("is complete exactly when all of its beads are closed", () => {
    using test = withBeads("cs-a", "cs-b");
    const convoy = make(test, "All", "cs-a", "cs-b");
    const state = () => convoyState(test.ledger.view, test.ledger.view.beadByKey(convoy.key)!);
    const { done, total, complete } = state();
    assertEquals({ done, total, complete }, { done: 0, total: 2, complete: false });
    close(test, "cs-a");
    assertEquals([state().done, state().complete], [1, false]);
    close(test, "cs-b");
    assertEquals([state().done, state().complete], [2, true]);
  });

  it("lands once, and tells owner and watchers", () => {
    using test = withBeads("cs-a");
    const { key } = make(test, "All", "cs-a");
    const landing = () => test.ledger.write("steward", (transaction) => land(transaction, key));
    assertEquals(landing(), undefined);
    close(test, "cs-a");
    assertEquals(landing()?.status, "closed");
    assertEquals(landing(), undefined);
    for (const address of ["ann", "coordinator"]) {
      assertEquals(inbox(test.ledger.view, { address }).map(({ subject }) => subject), [
        "CONVOY_LANDED cs-cv-all: All",
      ]);
    }
  });

  it("is under way again when a bead is added, and its second landing is told too", () => {
    using test = withBeads("cs-a", "cs-b");
    const { key } = make(test, "All", "cs-a");
    close(test, "cs-a");
    const landing = () => test.ledger.write("steward", (transaction) => land(transaction, key));
    landing();
    const add = (id: string) =>
      test.ledger.write("ann", (transaction) => addToConvoy(transaction, { convoy: key, beads: [id] }));
    assertEquals(add("cs-a").status, "closed");
    assertEquals(add("cs-b").status, "open");
    close(test, "cs-b");
    landing();
    assertEquals(inbox(test.ledger.view, { address: "ann" }).length, 2);
  });

  it("does not wait for a bead that was deleted", () => {
    using test = withBeads("cs-a", "cs-b");
    const convoy = make(test, "All", "cs-a", "cs-b");
    close(test, "cs-a");
    test.ledger.write("ann", (transaction) =>
      transaction.remove(transaction.beadById("cs-b")!.key, "not wanted"));
    assertEquals(convoyState(test.ledger.view, convoy).complete, true);
  });

  it("is not closed over open beads, unless forced", () => {
    using test = withBeads("cs-a", "cs-b");
    const { key } = make(test, "All", "cs-a", "cs-b");
    const closing = (force: boolean) =>
      test.ledger.write("ann", (transaction) => closeConvoy(transaction, { convoy: key, force }));
    const error = assertThrows(() => closing(false), CommandError);
    assertMatch(error.hints.join(), /cs-a, cs-b/);
    assertEquals(closing(true).status, "closed");
  });

  it("is found by id, name and the beginning of either", () => {
    using test = withBeads("cs-a");
    const auth = make(test, "Auth feature", "cs-a");
    make(test, "Other thing", "cs-a");
    make(test, "Other work", "cs-a");
    for (const text of [auth.id, "Auth feature", "auth", "cs-cv-auth", "AUTH F"]) {
      assertEquals(findConvoy(test.ledger.view, text).id, auth.id);
    }
    assertEquals(
      assertThrows(() => findConvoy(test.ledger.view, "other"), CommandError).code,
      "convoy_ambiguous",
    );
    assertEquals(
      assertThrows(() => findConvoy(test.ledger.view, "nope"), CommandError).code,
      "convoy_not_found",
    );
    assertEquals(assertThrows(() => onlyConvoy(test.ledger.view), CommandError).code, "convoy_ambiguous");
  });
});

describe("where a bead of a convoy stands", () => {
  const attempt = (change: Partial<Attempt>) =>
    ({ n: 1, past: [], restarts: 0, ...change }) as unknown as Attempt;
  const cases: [string, Partial<Attempt>][] = [
    ["working", { state: "working" }],
    ["working", { state: "preparing" }],
    ["merging", { state: "submitted" }],
    ["merging", { state: "queued" }],
    ["stuck", { state: "queued", question: "the remote refuses" }],
    ["stuck", { state: "waiting" }],
    ["stuck", { state: "escalated" }],
    ["hooked", { state: "hooked" }],
  ];
  for (const [standing, change] of cases) {
    it(`is ${standing} while its attempt is ${change.state}${change.question ? " with a question" : ""}`, () => {
      using test = withBeads("cs-a");
      const bead = test.ledger.write("ann", (transaction) =>
        transaction.set(transaction.beadById("cs-a")!.key, {
          status: "in_progress",
          "metadata.attempt": attempt(change) as never,
        }));
      assertEquals(standingOf(bead).standing, standing);
    });
  }
});
