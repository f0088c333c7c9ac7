import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CommandError } from "../../../../../src/lib/errors.ts";
import { performGate } from "../../../../../src/molecules/engine/gates/gate_step.ts";
import type { LoggedEvent } from "../../../../../src/molecules/engine/journal/run_log.ts";
import { awaitBead } from "../../../../../src/molecules/engine/steps/bead_step.ts";
import { languageFor } from "../../../../../src/molecules/engine/steps/language.ts";
import { performMolecule } from "../../../../../src/molecules/engine/steps/molecule_step.ts";
import { reasonOf } from "../../../../../src/molecules/engine/steps/trouble.ts";
import type { Performance } from "../../../../../src/molecules/engine/steps/performance.ts";
import { createClock } from "../../../../../src/ports/clock.ts";
import { definitionOf, type StepParts } from "../../machine/definitions.ts";

const refused = (code: string) => new CommandError("refused", "Cannot do it: no", { code });

/** What came of an attempt that a piece of work was thrown out of: what it said of itself, and what ended its driver. */
async function cameOf(
  parts: Omit<StepParts, "id">,
  begin: (deps: never, order: never) => Performance,
  more: object = {},
): Promise<{ told: LoggedEvent[]; trouble: unknown }> {
  const definition = definitionOf({ steps: [{ id: "s", ...parts }] });
  const told: LoggedEvent[] = [];
  const trouble = new AbortController();
  const language = await languageFor(definition);
  const record = { startedAt: Date.now(), bead: "cs-1" };
  const step = { id: "s", attempt: 1, definition: definition.steps[0]!, record };
  const open = { key: "cs@r", begun: { definition } };
  await new Promise<void>((resolve) => {
    trouble.signal.addEventListener("abort", () => resolve());
    const tell = (event: LoggedEvent) => resolve(void told.push(event));
    begin(
      { ports: { clock: createClock() }, language, trouble, ...more } as never,
      { step, open, scope: { vars: { who: [] }, steps: {} }, tell } as never,
    );
  });
  return { told, trouble: trouble.signal.reason?.code };
}

const view = {
  beadById: () => ({ key: "cs-1@r" }),
  beadByKey: () => undefined,
  rows: () => [{ status: "open" }],
};
const ledger = { view };

describe("what is thrown while a step is begun", () => {
  for (const code of ["ledger_busy", "disk_full", "disk_error", "read_only"]) {
    it(`says nothing of the step where the machine refused (${code}), but ends its driver`, async () => {
      const none = { told: [], trouble: code };
      const nested = { action: { kind: "molecule" as const, molecule: "inner", with: {} } };
      const drive = () => Promise.reject(refused(code));
      assertEquals(await cameOf(nested, performMolecule, { ledger, drive }), none);
      const write = () => {
        throw refused(code);
      };
      const opening = (deps: never, order: never) => awaitBead(deps, order, { open: write, handOn: drive });
      assertEquals(await cameOf({ action: { kind: "checklist" } }, opening), none);
      assertEquals(await cameOf(gate("bo"), performGate, { ledger: { write } }), none);
    });
  }

  it("is its reason otherwise", async () => {
    const opening = (deps: never, order: never) =>
      awaitBead(deps, order, {
        open() {
          throw refused("rig_not_found");
        },
        handOn: () => Promise.resolve(),
      });
    const { told, trouble } = await cameOf({ action: { kind: "checklist" } }, opening);
    const reason = { kind: "start" as const, text: "Cannot do it: no" };
    assertEquals([told, trouble], [[{ kind: "failed", step: "s", attempt: 1, reason }], undefined]);
  });

  it("is its reason where nobody can be told that it still waits", async () => {
    const { told } = await cameOf(gate("{{ vars.who[0] }}"), performGate, { ledger });
    assertEquals(told.map((event) => "reason" in event && event.reason.kind), ["expression"]);
  });
});

/** A gate that tells somebody at once that it still waits. */
function gate(to: string): Omit<StepParts, "id"> {
  const condition = { type: "timer" as const, for: 60_000 };
  return {
    action: {
      kind: "gate",
      gate: { condition, onTimeout: "fail", escalate: { after: 0, to: { text: to } } },
    },
  };
}

describe("what is refused for several reasons", () => {
  it("names the first of them, and how many more there are", () => {
    const said = (...reasons: string[]) =>
      reasonOf(new CommandError("refused", "Cannot do it: no", { code: "no", reasons, hints: ["gt do"] }))
        .text;
    assertEquals(said(), "Cannot do it: no");
    assertEquals(said("a", "b"), "Cannot do it: no: a; b");
    assertEquals(said("a", "b", "c", "d", "e"), "Cannot do it: no: a; b; c; and 2 more");
  });
});

describe("what a command cannot be started for", () => {
  it("is said in words, with what helps, where a limit of the system is reached", () => {
    for (const [code, hint] of [["EAGAIN", "ulimit -u"], ["EMFILE", "ulimit -n"]] as const) {
      const { text } = reasonOf(Object.assign(new Error(`${code}: posix_spawn '/bin/sh'`), { code }));
      assertStringIncludes(text, hint);
      assertEquals(text.includes("posix_spawn"), false);
    }
  });
});
