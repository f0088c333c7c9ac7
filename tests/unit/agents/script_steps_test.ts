import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { closeSteps } from "../../../src/agents/script/steps.ts";
import type { Bead } from "../../../src/ledger/ledger.ts";

/** Steps a, b, c of which those in `closed` are closed; the command closes one unless it is `stuck`. */
function desk(options: { closed?: string[]; stuck?: string } = {}) {
  const closed = new Set(options.closed);
  const ran: string[] = [];
  const steps = () =>
    ["a", "b", "c"].map((id) => ({
      id: `app-1.${id}`,
      status: closed.has(id) ? "closed" : "open",
      metadata: { step: { id } },
    } as unknown as Bead));
  const run = (command: string) => {
    ran.push(command);
    const id = /\.(\w) /.exec(command)![1]!;
    if (id === options.stuck) return Promise.resolve({ code: 1 });
    closed.add(id);
    return Promise.resolve({ code: 0 });
  };
  return { steps, run, ran };
}

describe("the steps of a script", () => {
  it("are closed one after the other with the real command", async () => {
    const at = desk({ closed: ["a"] });
    assertEquals(await closeSteps(at, undefined), { kind: "performed" });
    assertEquals(at.ran, ["bd close app-1.b --continue", "bd close app-1.c --continue"]);
    assertEquals(await closeSteps(at, undefined), { kind: "performed" });
    assertEquals(at.ran.length, 2);
  });

  it("are closed by their name in the molecule, once", async () => {
    const at = desk();
    for (let time = 0; time < 2; time++) assertEquals(await closeSteps(at, "b"), { kind: "performed" });
    assertEquals(at.ran, ["bd close app-1.b --continue"]);
  });

  it("fail with what could not be closed", async () => {
    assertEquals(await closeSteps(desk(), "d"), { kind: "failed", reason: 'there is no step "d"' });
    const stuck = await closeSteps(desk({ stuck: "b" }), undefined);
    assertEquals(stuck, { kind: "failed", reason: "step app-1.b could not be closed" });
  });
});
