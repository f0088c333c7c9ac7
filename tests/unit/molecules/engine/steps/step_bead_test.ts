import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Ledger, Transaction } from "../../../../../src/ledger/ledger.ts";
import { createKnownRuns } from "../../../../../src/molecules/engine/journal/known_runs.ts";
import { changeRun, createRun } from "../../../../../src/molecules/engine/journal/run_store.ts";
import { stepAt } from "../../../../../src/molecules/engine/journal/step_at.ts";
import type { OpenRun } from "../../../../../src/molecules/engine/journal/run_log.ts";
import { openBead } from "../../../../../src/molecules/engine/steps/step_bead.ts";
import type { Order, PerformDeps } from "../../../../../src/molecules/engine/steps/performance.ts";
import { makeLedger } from "../../../ledger/fixture.ts";
import { definitionOf } from "../../machine/definitions.ts";

const IDS = ["a", "b", "c", "d", "e"];

/** A run of which all steps have begun. */
function begunRun(ledger: Ledger): OpenRun {
  const definition = definitionOf({ steps: IDS.map((id) => ({ id })) });
  const begun = { definition, values: {}, environment: {}, folder: ".", by: "ann" };
  const { open } = ledger.write(
    "ann",
    (transaction) => createRun(transaction, { id: "cs-run", title: "run", begun }),
  );
  const driven = { kind: "driven" as const, term: 1, by: "ann", replica: ledger.replica };
  const started = IDS.map((step) => ({ kind: "started" as const, step }));
  return changeRun(ledger, {
    open,
    actor: "ann",
    change: ({ push }) => [driven, ...started].forEach((event) => push(event)),
  }).open;
}

/** A ledger that counts the entries of journals that its changes read. */
function counting(ledger: Ledger): { ledger: Ledger; read(): number } {
  let read = 0;
  const write: Ledger["write"] = (actor, change) =>
    ledger.write(actor, (transaction) => {
      const counted: Transaction = {
        ...transaction,
        journal(name, after) {
          const entries = transaction.journal(name, after);
          read += entries.length;
          return entries;
        },
      };
      return change(counted);
    });
  return { ledger: { ...ledger, write }, read: () => read };
}

describe("the beads of steps that are begun at once", () => {
  it("are opened one after the other without reading again what was opened before", () => {
    using made = makeLedger();
    const open = begunRun(made.ledger);
    const { ledger, read } = counting(made.ledger);
    const runs = createKnownRuns(ledger);
    const deps = { ledger, actor: "ann", term: open.run.term, runs } as unknown as PerformDeps;
    const beads = IDS.map((id) => {
      const order = { open, step: stepAt(open, id) } as unknown as Order;
      const fields = { title: id, status: "open", issue_type: "gate" };
      return openBead(deps, order, (transaction) => transaction.create(transaction.childId(open.key), fields))
        ?.id;
    });
    assertEquals(new Set(beads).size, IDS.length);
    assertEquals(read(), 0);
    const known = runs.at(open.key)!;
    assertEquals(IDS.map((id) => stepAt(known, id).record.bead), beads);
  });
});
