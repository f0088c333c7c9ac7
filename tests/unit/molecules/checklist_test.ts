import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { closeBead } from "../../../src/beads/close.ts";
import { checklistOf, moveOn, openSteps } from "../../../src/molecules/checklist.ts";
import { atBoard, type Board, diamond } from "./checklist_fixture.ts";

function closeStep(board: Board, id: string): void {
  board.ledger.write("w", (transaction) => closeBead(transaction, { key: board.bead(id).key }));
}

/** What `bd close --continue` does after closing: the id of the next step, and whether it was claimed. */
function next(board: Board, actor = "worker-1", claim = true): [id: string | undefined, claimed: boolean] {
  const { step, claimed } = board.ledger.write(
    actor,
    (transaction) => moveOn(transaction, { bead: board.bead(), claim }),
  );
  return [step?.id, claimed];
}

describe("the checklist of a bead", () => {
  it("names the step under way, and what may begin", () =>
    atBoard((board) => {
      board.pour(diamond);
      const { view } = board.ledger;
      const about = () => {
        const { molecule, current, next, completed } = checklistOf(view, board.bead());
        return [molecule, current?.id, next?.id, completed];
      };
      assertEquals(about(), ["m", undefined, "cs-one.2", 0]);
      next(board);
      assertEquals(about(), ["m", "cs-one.2", undefined, 0]);
      closeStep(board, "cs-one.2");
      assertEquals(about(), ["m", undefined, "cs-one.3", 1]);
      assertEquals(openSteps(view, board.bead().key).map(({ id }) => id), [
        "cs-one.3",
        "cs-one.4",
        "cs-one.1",
      ]);
    }));

  it("gives each caller a step of its own, and the same one again when asked again", () =>
    atBoard((board) => {
      board.pour(diamond);
      assertEquals(next(board, "worker-1", false), ["cs-one.2", false]);
      assertEquals(board.bead("cs-one.2").status, "open");
      assertEquals(next(board), ["cs-one.2", true]);
      assertEquals(next(board), ["cs-one.2", false]);
      assertEquals(next(board, "ann"), [undefined, false]);
      closeStep(board, "cs-one.2");
      assertEquals(next(board), ["cs-one.3", true]);
      assertEquals(next(board, "ann"), ["cs-one.4", true]);
      assertEquals(board.bead("cs-one.4").assignee, "ann");
      assertEquals(next(board, "bob"), [undefined, false]);
    }));

  it("lets who holds the bead take over what the holder before it had begun", () =>
    atBoard((board) => {
      board.pour(diamond);
      next(board);
      board.ledger.write("steward", (transaction) =>
        transaction.set(board.bead().key, { assignee: "worker-2" }));
      assertEquals(next(board, "worker-2"), ["cs-one.2", true]);
      assertEquals(board.bead("cs-one.2").assignee, "worker-2");
    }));

  it("is complete when every step is closed", () =>
    atBoard((board) => {
      board.pour(diamond);
      for (const id of ["cs-one.2", "cs-one.4", "cs-one.3", "cs-one.1"]) closeStep(board, id);
      assertEquals(next(board), [undefined, false]);
      const { completed, steps } = checklistOf(board.ledger.view, board.bead());
      assertEquals([completed, steps.length], [4, 4]);
    }));

  it("waits with its bead for what the bead depends on", () =>
    atBoard((board) => {
      board.pour(diamond);
      board.ledger.write("overseer", (transaction) => {
        const first = transaction.create("cs-two", { title: "Two", status: "open", issue_type: "task" });
        transaction.addDependency(board.bead().key, first.key, "blocks");
      });
      assertEquals(board.states(), ["1 blocked", "2 blocked", "3 blocked", "4 blocked"]);
    }));
});
