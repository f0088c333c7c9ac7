import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { refuseAtWork } from "../../../../src/commands/bd_support/guard.ts";
import type { Bead } from "../../../../src/ledger/ledger.ts";
import { CommandError } from "../../../../src/lib/errors.ts";

function bead(status: string, attempt?: object): Bead {
  return {
    id: "cs-1",
    status,
    assignee: "worker-3",
    metadata: attempt ? { attempt } : {},
  } as unknown as Bead;
}

describe("a bead that a worker is at", () => {
  it("is not pulled from under it", () => {
    const error = assertThrows(
      () => refuseAtWork("close", bead("in_progress", { n: 2, state: "working" })),
      CommandError,
    );
    assertEquals([error.code, error.kind], ["bead_at_work", "refused"]);
    assertStringIncludes(error.message, 'Cannot close bead "cs-1": worker-3 is at it (attempt 2)');
    assertStringIncludes(error.hints.join("\n"), "gt unsling cs-1");
  });

  it("is free when its attempt is over, or never was", () => {
    refuseAtWork("close", bead("open", { n: 2, state: "released" }));
    refuseAtWork("close", bead("in_progress", { n: 2, state: "merged" }));
    refuseAtWork("close", bead("in_progress"));
  });
});
