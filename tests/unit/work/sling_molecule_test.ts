import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { Bead } from "../../../src/ledger/ledger.ts";
import { CommandError } from "../../../src/lib/errors.ts";
import { stepsOf } from "../../../src/molecules/checklist.ts";
import { attemptOf } from "../../../src/work/attempt_store.ts";
import { finishWork } from "../../../src/work/finish.ts";
import { releaseBeads } from "../../../src/work/release.ts";
import { slingBeads, type SlingOrder, type Slung } from "../../../src/work/sling.ts";
import { type AgentTown, inTown } from "../agents/agent_fixture.ts";

const short = "molecule: short\nvars: { who: { required: true } }\nsteps:\n" +
  '  - { id: one, title: "One for {{ who }}" }\n  - { id: two, title: Two, needs: [one] }\n';

interface Yard extends AgentTown {
  bead(id: string): Bead;
  steps(id: string): string[];
  sling(order: Partial<SlingOrder> & Pick<SlingOrder, "beads">): Promise<Slung[]>;
  /** Takes the bead back first. */
  slingAgain(id: string, order?: Partial<SlingOrder>): Promise<Slung[]>;
  set(id: string, fields: Record<string, string>): void;
}

/** A town with the open beads `app-one` and `app-two` and a molecule `short`; `rig` is what town.yaml adds to the rig. */
function inYard(use: (yard: Yard) => Promise<void>, rig = ""): Promise<void> {
  return inTown(async (at) => {
    const { town } = at;
    Deno.writeTextFileSync(
      town.paths.config,
      `town: test\nagent: mine\nagents: { mine: { preset: shell, command: sh } }\nrigs:\n  app: { url: ./app.git, prefix: app${rig} }\n`,
    );
    Deno.mkdirSync(town.paths.molecules, { recursive: true });
    Deno.writeTextFileSync(join(town.paths.molecules, "short.yaml"), short);
    const bead = (id: string) => town.ledger.view.beadById(id)!;
    town.ledger.write("overseer", (transaction) => {
      for (const id of ["app-one", "app-two"]) {
        transaction.create(id, { title: id, status: "open", issue_type: "task" });
      }
    });
    await use({
      ...at,
      bead,
      steps: (id) =>
        stepsOf(town.ledger.view, bead(id).key).map(({ title, status }) => `${title}: ${status}`),
      sling: (order) => slingBeads(at, { target: "app", by: "overseer", ...order }),
      slingAgain: async (id, order = {}) => {
        await releaseBeads(at, { beads: [id], by: "overseer" });
        return await slingBeads(at, { target: "app", by: "overseer", beads: [id], ...order });
      },
      set: (id, fields) =>
        void town.ledger.write("test", (transaction) => transaction.set(bead(id).key, fields)),
    });
  });
}

const withShort = { molecule: "short", vars: { who: "ann" } };

describe("slinging with a molecule", () => {
  it("gives every bead its steps, and says by which molecule it is worked", () =>
    inYard(async (yard) => {
      const slung = await yard.sling({ beads: ["app-one", "app-two"], ...withShort });
      assertEquals(slung.map(({ molecule }) => molecule), [
        { name: "short", open: 2, total: 2, changed: false },
        { name: "short", open: 2, total: 2, changed: false },
      ]);
      assertEquals(attemptOf(yard.bead("app-one"))!.molecule, "short");
      assertEquals(yard.steps("app-two"), ["One for ann: open", "Two: open"]);
    }));

  it("slings nothing when the molecule is missing, wrong, or lacks a value", () =>
    inYard(async (yard) => {
      Deno.writeTextFileSync(
        join(yard.town.paths.molecules, "runs.yaml"),
        "molecule: runs\nsteps:\n  - { id: a, title: A, gate: { type: human } }\n",
      );
      const orders: [Partial<SlingOrder>, string][] = [
        [{ molecule: "shrt" }, "molecule_not_found"],
        [{ molecule: "short" }, "variable_missing"],
        [{ molecule: "runs" }, "not_a_checklist"],
        [{ vars: { who: "ann" } }, "variable_unknown"],
        [{ molecule: "none", vars: { who: "ann" } }, "no_molecule"],
      ];
      for (const [order, code] of orders) {
        const error = await assertRejects(() => yard.sling({ beads: ["app-one"], ...order }), CommandError);
        assertEquals(error.code, code);
      }
      assertEquals([yard.bead("app-one").status, yard.steps("app-one")], ["open", []]);
    }));

  it("keeps finished steps finished from one attempt to the next, and puts down those that were begun", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one"], ...withShort });
      yard.set("app-one.1", { status: "closed" });
      yard.set("app-one.2", { status: "in_progress", assignee: "worker-1" });
      releaseBeads(yard, { beads: ["app-one"], by: "overseer" });
      assertEquals(yard.steps("app-one"), ["One for ann: closed", "Two: open"]);
      const [slung] = await yard.sling({ beads: ["app-one"] });
      assertEquals(slung!.molecule, { name: "short", open: 1, total: 2, changed: false });
      assertEquals([slung!.attempt!.n, slung!.attempt!.molecule], [2, "short"]);
    }));

  it("opens the steps again for work that begins anew", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one"], ...withShort });
      yard.set("app-one.1", { status: "closed" });
      releaseBeads(yard, { beads: ["app-one"], by: "overseer" });
      await yard.sling({ beads: ["app-one"], fresh: true });
      assertEquals(yard.steps("app-one"), ["One for ann: open", "Two: open"]);
    }));

  it("says when the text has changed since, and keeps the steps", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one"], ...withShort });
      releaseBeads(yard, { beads: ["app-one"], by: "overseer" });
      Deno.writeTextFileSync(join(yard.town.paths.molecules, "short.yaml"), short.replace("Two", "Zwei"));
      const [slung] = await yard.sling({ beads: ["app-one"], ...withShort });
      assertEquals(slung!.molecule!.changed, true);
      assertEquals(yard.steps("app-one"), ["One for ann: open", "Two: open"]);
    }));

  it("gives an escalated bead its steps when it is tried again", () =>
    inYard(async (yard) => {
      yard.work("app-three", { state: "escalated" });
      const [slung] = await yard.sling({ beads: ["app-three"], ...withShort });
      assertEquals([slung!.attempt!.n, slung!.attempt!.molecule], [2, "short"]);
      assertEquals(attemptOf(yard.bead("app-three"))!.molecule, "short");
      assertEquals(yard.steps("app-three").length, 2);
    }));

  it("works for a person, too", () =>
    inYard(async (yard) => {
      const [slung] = await yard.sling({ beads: ["app-one"], target: "coordinator", ...withShort });
      assertEquals([slung!.bead.status, slung!.attempt, slung!.molecule!.open], ["hooked", undefined, 2]);
    }));

  it("follows the rig's molecule, which `none` turns off for once", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one"] });
      await yard.sling({ beads: ["app-two"], molecule: "none" });
      assertEquals([yard.steps("app-one").length, yard.steps("app-two").length], [4, 0]);
    }, ", molecule: worker-work"));

  it("suggests worker-work where nobody names one", () =>
    inYard(async (yard) => {
      const [slung] = await yard.sling({ beads: ["app-one"] });
      const molecule = { name: "worker-work", open: 4, total: 4, changed: false, suggested: true as const };
      assertEquals([slung!.molecule, slung!.attempt!.molecule], [molecule, "worker-work"]);
      assertEquals(yard.steps("app-one").length, 4);
      const [again] = await yard.slingAgain("app-one");
      assertEquals([again!.molecule, yard.steps("app-one").length], [molecule, 4]);
    }));

  it("pours nothing where nothing is wanted, by the order or by the rig", async () => {
    const order = { beads: ["app-one"], molecule: "none" };
    await inYard(async (yard) => {
      const [slung] = await yard.sling(order);
      assertEquals([slung!.molecule, slung!.attempt!.molecule, yard.steps("app-one")], [
        undefined,
        undefined,
        [],
      ]);
    });
    await inYard(async (yard) => {
      assertEquals([(await yard.sling({ beads: ["app-one"] }))[0]!.molecule, yard.steps("app-one")], [
        undefined,
        [],
      ]);
    }, ", molecule: none");
  });

  it("pours nothing for the step of a run, which says itself what is to be done", () =>
    inYard(async (yard) => {
      yard.town.ledger.write(
        "test",
        (transaction) =>
          transaction.set(yard.bead("app-one").key, {
            "metadata.attempt_of": { run: "r", step: "s", attempt: 1 },
          }),
      );
      assertEquals((await yard.sling({ beads: ["app-one"] }))[0]!.molecule, undefined);
    }));

  it("keeps open steps that somebody asked for from `none` as from another molecule, and says how to end them", () =>
    inYard(async (yard) => {
      Deno.writeTextFileSync(
        join(yard.town.paths.molecules, "other.yaml"),
        "molecule: other\nsteps:\n  - { id: a, title: A }\n  - { id: b, needs: [a], run: 'true' }\n",
      );
      await yard.sling({ beads: ["app-one"], molecule: "other" });
      for (const order of [{ molecule: "none" }, withShort]) {
        const error = await assertRejects(() => yard.slingAgain("app-one", order), CommandError);
        assertEquals([error.code, error.message], [
          "other_molecule",
          `Cannot work "app-one" by "${order.molecule}": steps of "other" are open`,
        ]);
        assertEquals(error.hints, [
          "Go on with those: gt sling app-one RIG",
          'Or end them: bd close app-one.1 app-one.2 --force --reason "cancelled"',
        ]);
        await yard.sling({ beads: ["app-one"] });
      }
      for (const id of ["app-one.1", "app-one.2"]) yard.set(id, { status: "closed" });
      const [none] = await yard.slingAgain("app-one", { molecule: "none", fresh: true });
      assertEquals([none!.molecule, none!.attempt!.molecule], [undefined, undefined]);
      assertEquals(yard.steps("app-one"), ["A: closed", "b: closed"]);
    }));

  it("lets suggested steps give way to what is named later", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one", "app-two"] });
      yard.set("app-one.1", { status: "closed" });
      const [one] = await yard.slingAgain("app-one", withShort);
      assertEquals([one!.molecule!.name, one!.attempt!.molecule, one!.molecule!.open], ["short", "short", 2]);
      assertEquals(yard.steps("app-one").slice(1), ["One for ann: open", "Two: open"]);
      const [two] = await yard.slingAgain("app-two", { molecule: "none" });
      assertEquals([two!.molecule, two!.attempt!.molecule, yard.steps("app-two")], [
        undefined,
        undefined,
        [],
      ]);
      const [asked] = await yard.slingAgain("app-two", { molecule: "worker-work" });
      assertEquals([asked!.molecule!.suggested, asked!.molecule!.open], [undefined, 4]);
    }));
});

describe("gt done", () => {
  for (const noCode of [undefined, "it was fixed already"]) {
    it(`refuses open steps${noCode === undefined ? "" : ", without code too"}, and names them`, () =>
      inYard(async (yard) => {
        await yard.sling({ beads: ["app-one"], ...withShort });
        const finish = () =>
          finishWork(yard, {
            bead: "app-one",
            n: 1,
            by: "worker-1",
            ...(noCode === undefined ? {} : { noCode }),
          });
        const error = await assertRejects(finish, CommandError);
        assertEquals([error.code, error.message], [
          "open_steps",
          'Cannot submit "app-one": 2 steps are open',
        ]);
        assertEquals(error.hints, [
          "When its work is done: bd close app-one.1 --continue   # One for ann",
          "Later: app-one.2   # Two",
          'Steps that need no work: bd close app-one.1 app-one.2 --reason "skipped: WHY"',
        ]);
        yard.set("app-one.1", { status: "closed" });
        const last = await assertRejects(finish, CommandError);
        assertEquals(last.message, 'Cannot submit "app-one": 1 step is open');
      }));
  }

  it("closes what is left of suggested steps with the bead, once they are asked for no more", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one", "app-two"] });
      yard.set("app-one.1", { status: "closed" });
      const order = { n: 1, by: "worker-1", noCode: "it was fixed already" };
      const finish = await finishWork(yard, { bead: "app-one", ...order });
      assertEquals(finish.closedSteps.map(({ id }) => id), ["app-one.2", "app-one.3", "app-one.4"]);
      assertEquals(yard.bead("app-one.4").close_reason, "no code: it was fixed already");
      assertEquals(yard.bead("app-one").status, "closed");
      const [asked] = await yard.slingAgain("app-two", { molecule: "worker-work" });
      const error = await assertRejects(
        () => finishWork(yard, { bead: "app-two", ...order, n: asked!.attempt!.n }),
        CommandError,
      );
      assertEquals(error.code, "open_steps");
    }));

  it("gives no other outputs for the step of a run that is closed; the same again change nothing", () =>
    inYard(async (yard) => {
      const link = { run: "none", step: "one", attempt: 1, key: "none/one/1" };
      yard.town.ledger.write(
        "test",
        (transaction) => transaction.set(yard.bead("app-one").key, { "metadata.attempt_of": link }),
      );
      await yard.sling({ beads: ["app-one"] });
      const done = (n: number) =>
        finishWork(yard, {
          ...{ bead: "app-one", n: 1, by: "worker-1", noCode: "found it", outputs: { n } },
        });
      await done(5);
      await done(5);
      const error = await assertRejects(() => done(6), CommandError);
      assertEquals(error.code, "step_closed");
      assertEquals(yard.bead("app-one").metadata.outputs, { n: 5 });
    }));

  it("closes without code when no step is open", () =>
    inYard(async (yard) => {
      await yard.sling({ beads: ["app-one"], ...withShort });
      for (const id of ["app-one.1", "app-one.2"]) yard.set(id, { status: "closed" });
      await finishWork(yard, { bead: "app-one", n: 1, by: "worker-1", noCode: "it was fixed already" });
      assertEquals(yard.bead("app-one").status, "closed");
    }));
});
