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

  it("is said to be where it is: on a hook, handed in, or with nobody until somebody decides", () => {
    const said = (state: string) => {
      const { message, hints } = assertThrows(
        () => refuseAtWork("close", bead("in_progress", { n: 2, state, rig: "csm" })),
        CommandError,
      );
      assertEquals(hints.at(-1), "gt unsling cs-1 takes it back; --force does it all the same");
      return [message.replace(/^.*"cs-1": /, ""), ...hints.slice(0, -1)];
    };
    assertEquals(said("hooked"), ["it waits for a worker of rig csm (attempt 2)"]);
    assertEquals(said("queued"), [
      "its work is handed in (attempt 2)",
      "it is closed when that is merged: gt mq list csm",
    ]);
    assertEquals(said("escalated"), [
      "nobody is at it, it waits for a decision (attempt 2)",
      "it is tried again with: gt sling cs-1 csm",
    ]);
  });

  it("is free when its attempt is over, or never was", () => {
    refuseAtWork("close", bead("open", { n: 2, state: "released" }));
    refuseAtWork("close", bead("in_progress", { n: 2, state: "merged" }));
    refuseAtWork("close", bead("in_progress"));
  });
});
