import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { blockedBeads, readyBeads } from "../../../src/beads/ready.ts";
import { listBeads } from "../../../src/beads/list.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { originOf, stepsOf } from "../../../src/molecules/checklist.ts";
import { putDownSteps, reopenSteps } from "../../../src/molecules/pour.ts";
import { atBoard, diamond, moleculeOf } from "./checklist_fixture.ts";

describe("pouring a molecule", () => {
  it("makes its steps children of the bead, numbered as in the file, held back by what they need", () =>
    atBoard((board) => {
      const { steps, made } = board.pour(diamond);
      assertEquals(made, true);
      assertEquals(steps.map(({ id, title }) => `${id} ${title}`), [
        "cs-one.1 Join",
        "cs-one.2 Start One",
        "cs-one.3 Left",
        "cs-one.4 Right",
      ]);
      assertEquals(board.states(), ["1 blocked", "2 ready", "3 blocked", "4 blocked"]);
      const [join, start] = steps;
      assertEquals(
        [start!.issue_type, start!.priority, start!.description, start!.acceptance_criteria],
        ["step", 1, "Begin cs-one.", "Begun."],
      );
      assertEquals(originOf(start!), { molecule: "m", version: 1, id: "start", hash: diamond.hash });
      assertEquals(
        join!.dependencies.map(({ target, type }) =>
          `${type} ${board.ledger.view.beadByKey(target as never)!.id}`
        )
          .sort(),
        ["blocks cs-one.3", "blocks cs-one.4", "parent-child cs-one"],
      );
    }));

  it("neither holds the bead back nor puts steps before people", () =>
    atBoard((board) => {
      board.pour(diamond);
      const { view } = board.ledger;
      assertEquals(board.bead().blocked, false);
      assertEquals(readyBeads(view, { now: 0 }).map(({ id }) => id), ["cs-one"]);
      assertEquals(listBeads(view, { limit: 0 }).map(({ id }) => id), ["cs-one"]);
      assertEquals(blockedBeads(view), []);
    }));

  it("changes nothing the second time, finished steps included, also when the text has changed", () =>
    atBoard(async (board) => {
      board.pour(diamond);
      const close = { status: "closed", close_reason: "Closed" };
      board.ledger.write("w", (transaction) => transaction.set(board.bead("cs-one.2").key, close));
      const operations = () => board.ledger.view.arrivedAfter(0, 1_000).length;
      const written = operations();
      const before = board.states();
      assertEquals(board.pour(diamond).made, false);
      const other = board.pour(await moleculeOf("  - { id: start, title: Another }"));
      assertEquals([other.made, other.changed], [false, true]);
      assertEquals(board.states(), before);
      assertEquals(operations(), written);
    }));

  it("is refused while steps of another molecule are open, and adds to those that are closed", () =>
    atBoard(async (board) => {
      const first = await moleculeOf("  - { id: a, title: A }", "molecule: first");
      const second = await moleculeOf("  - { id: b, title: B }", "molecule: second");
      board.pour(first);
      const error = assertThrows(() => board.pour(second), CommandError);
      assertEquals([error.code, error.hints[1]], [
        "other_molecule",
        'Or end them: bd close cs-one.1 --reason "cancelled"',
      ]);
      const close = { status: "closed", close_reason: "cancelled" };
      board.ledger.write("w", (transaction) => transaction.set(board.bead("cs-one.1").key, close));
      assertEquals(board.pour(second).steps.map(({ id }) => id), ["cs-one.1", "cs-one.2"]);
    }));

  it("numbers on where the bead has children, and leaves steps made by hand alone", () =>
    atBoard((board) => {
      board.ledger.write("overseer", (transaction) => {
        const dependencies = [{ target: board.bead().key, type: "parent-child" }];
        transaction.create("cs-one.7", {
          title: "By hand",
          status: "open",
          issue_type: "step",
          dependencies,
        });
      });
      board.pour(diamond);
      assertEquals(stepsOf(board.ledger.view, board.bead().key).map(({ id }) => id), [
        "cs-one.7",
        "cs-one.8",
        "cs-one.9",
        "cs-one.10",
        "cs-one.11",
      ]);
    }));

  it("writes all steps or none", () =>
    atBoard(async (board) => {
      const tooLong = await moleculeOf(
        '  - { id: a, title: A }\n  - { id: b, title: "{{ what }}", needs: [a] }',
        "molecule: m\nvars: { what: '' }",
      );
      assertThrows(() => board.pour(tooLong, { what: "x".repeat(501) }), CommandError, "501 characters");
      assertThrows(() => board.pour(tooLong), CommandError, "it is empty");
      assertEquals(board.states(), []);
    }));

  it("can be begun anew, or put down", () =>
    atBoard((board) => {
      board.pour(diamond);
      const { ledger } = board;
      const write = (id: string, fields: Record<string, string>) =>
        ledger.write("w", (transaction) => transaction.set(board.bead(id).key, fields));
      write("cs-one.2", { status: "closed" });
      write("cs-one.3", { status: "in_progress", assignee: "w" });
      ledger.write("w", (transaction) => putDownSteps(transaction, board.bead()));
      assertEquals(board.states(), ["1 blocked", "2 done", "3 ready", "4 ready"]);
      assertEquals(board.bead("cs-one.3").assignee, undefined);
      ledger.write("w", (transaction) => reopenSteps(transaction, { bead: board.bead() }));
      assertEquals(board.states(), ["1 blocked", "2 ready", "3 blocked", "4 blocked"]);
    }));

  it("may make hundreds of steps, of which the first may begin", () =>
    atBoard(async (board) => {
      const lines = Array.from(
        { length: 300 },
        (_, at) => `  - { id: s${at}, title: T, needs: [${at === 0 ? "" : `s${at - 1}`}] }`,
      );
      board.pour(await moleculeOf(lines.reverse().join("\n")));
      assertEquals(board.states().length, 300);
      assertEquals(board.states().filter((state) => state.endsWith("ready")), ["300 ready"]);
    }));
});
