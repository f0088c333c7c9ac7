import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Json } from "../../../src/lib/json.ts";
import { createBudgetWatch } from "../../../src/steward/budget_watch.ts";
import { budgetStates } from "../../../src/town/costs/budget_record.ts";
import {
  type BudgetLevel,
  createSpendingBook,
  judgeBudgets,
  levelOf,
} from "../../../src/town/costs/budgets.ts";
import { createConvoy } from "../../../src/town/convoys/convoy_changes.ts";
import { inbox } from "../../../src/town/mail/mail.ts";
import { readStatus } from "../../../src/town/status.ts";
import { noTokens } from "../../../src/town/costs/usage.ts";
import type { RecordedUsage } from "../../../src/town/costs/usage_record.ts";
import { attemptOf } from "../../../src/work/attempt_store.ts";
import { dispatch } from "../../../src/work/dispatch.ts";
import { type AgentTown, inTown } from "../agents/agent_fixture.ts";

/** Noon of a day, in ms since the epoch. */
const noon = new Date(2026, 10, 23, 12).getTime();

interface Stage extends AgentTown {
  /** Lets the steward compare, after so many dollars were used at each bead; returns what it logged. */
  compare(spent: Record<string, number>): Promise<string[]>;
  budget(yaml: string): void;
  pass(ms: number): void;
  state(id: string): string | undefined;
  question(id: string): string | undefined;
  mail(): string[];
}

/** A town with beads one (at work), two (on a hook), and a time that a test moves. */
async function onStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  await inTown(async (town) => {
    let now = noon;
    let changes = 0;
    const ports = { ...town.ports, clock: { ...town.ports.clock, now: () => now } };
    const at: AgentTown = { ...town, ports };
    const { ledger, paths } = at.town;
    at.work("app-one");
    at.work("app-two", { state: "hooked", slungAt: 1 }, { status: "hooked" });
    const yaml = Deno.readTextFileSync(paths.config);
    const watch = createBudgetWatch(at);
    const attempt = (id: string) => attemptOf(ledger.view.beadById(id)!);
    await use({
      ...at,
      async compare(spent) {
        const said: string[] = [];
        const usage = Object.entries(spent).map(([id, usd]) => used(at, { id, usd, day: dayOf(now) }));
        await watch.tick({ log: (line) => said.push(line), usage: () => usage, changes: ++changes });
        return said;
      },
      budget: (text) => Deno.writeTextFileSync(paths.config, `${yaml}budgets: ${text}\n`),
      pass: (ms) => now += ms,
      state: (id) => attempt(id)?.state,
      question: (id) => attempt(id)?.question,
      mail: () => inbox(ledger.view, { address: "overseer" }).map(({ subject }) => subject),
    });
  });
}

function dayOf(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function used(at: AgentTown, { id, usd, day }: { id: string; usd: number; day: string }): RecordedUsage {
  const row = { day, model: "claude-opus-4-8", turns: 1, messages: 1, ...noTokens(), input: usd * 200_000 };
  const bead = at.town.ledger.view.beadById(id)?.key;
  return { session: id, actor: "worker-1", since: 0, rows: [row], ...(bead ? { bead } : {}) };
}

describe("the level of a budget", () => {
  const cases: [spent: number, level: BudgetLevel][] = [[0, "ok"], [1, "warn"], [2, "soft"], [3, "hard"], [
    9,
    "hard",
  ]];
  for (const [spent, level] of cases) {
    it(`is ${level} at ${spent} of 1, 2, 3`, () =>
      assertEquals(levelOf(spent, { warn: 1, soft: 2, hard: 3 }), level));
  }

  it("is ok without thresholds", () => assertEquals(levelOf(1e9, {}), "ok"));
});

describe("a budget in tokens", () => {
  it("leaves out what was read from a cache", () => {
    const rows = [{
      day: "2026-11-23",
      model: "x",
      turns: 1,
      messages: 1,
      ...noTokens(),
      input: 5,
      cache_read: 99,
    }];
    const states = judgeBudgets(createSpendingBook([]), {
      config: {
        budgets: { unit: "tokens", town: { per: "ever", hard: 5 }, convoy: {}, bead: {} },
        prices: [],
      },
      usage: [{ session: "s", actor: "a", since: 0, rows }],
      convoys: [],
      beads: [],
      today: "2026-11-23",
    });
    assertEquals(states.map(({ spent, level }) => [spent, level]), [[5, "hard"]]);
  });
});

describe("the steward", () => {
  it("warns once, and holds nothing back", () =>
    onStage(async (stage) => {
      stage.budget("{ town: { warn: 10, soft: 20 } }");
      assertEquals((await stage.compare({ "app-one": 9 })).length, 0);
      assertMatch(
        (await stage.compare({ "app-one": 11 }))[0]!,
        /the town \(2026-11-23\): \$11\.00 of \$10\.00 used: warn/,
      );
      assertEquals(await stage.compare({ "app-one": 12 }), []);
      assertEquals(stage.mail(), ["BUDGET town: warn"]);
      await dispatch(stage);
      assertEquals([stage.state("app-one"), stage.state("app-two")], ["working", "preparing"]);
    }));

  it("begins nothing new above the soft threshold, until the next day", () =>
    onStage(async (stage) => {
      stage.budget("{ town: { soft: 20 } }");
      await stage.compare({ "app-one": 21 });
      await dispatch(stage, { woken: true });
      assertEquals([stage.state("app-one"), stage.state("app-two")], ["working", "hooked"]);
      assertEquals(stage.mail(), ["BUDGET town: soft"]);
      const { needs, hooks } = await readStatus(stage);
      assertEquals(
        needs.find(({ kind }) => kind === "budget")?.command,
        "gt config set budgets.town.soft 42",
      );
      assertEquals(hooks.map(({ bead, waitsFor }) => [bead, waitsFor]), [["app-two", "budget"]]);
      stage.pass(24 * 3_600_000);
      await stage.compare({});
      await dispatch(stage);
      assertEquals(stage.state("app-two"), "preparing");
    }));

  it("stops what is under way above the hard threshold, and lets it go on when there is room again", () =>
    onStage(async (stage) => {
      stage.budget("{ bead: { hard: 5 } }");
      await stage.compare({ "app-one": 5 });
      assertEquals([stage.state("app-one"), stage.state("app-two")], ["waiting", "hooked"]);
      assertMatch(
        stage.question("app-one")!,
        /^Stopped by the budget of bead app-one: \$5\.00 of \$5\.00 used/,
      );
      assertEquals(await stage.compare({ "app-one": 5 }), []);
      await dispatch(stage);
      assertEquals(stage.state("app-two"), "preparing");
      stage.budget("{ bead: { hard: 50 } }");
      assertEquals(await stage.compare({ "app-one": 5 }), ["app-one goes on: its budget allows it again"]);
      assertEquals(stage.state("app-one"), "preparing");
      assertEquals(budgetStates(stage.town.ledger.ephemeral), []);
    }));

  it("holds the beads of a convoy to the convoy's own budget, and no others", () =>
    onStage(async (stage) => {
      const { ledger } = stage.town;
      stage.work("app-six", { state: "hooked", worker: 6 }, { status: "hooked" });
      ledger.write("overseer", (transaction) => {
        const convoy = createConvoy(transaction, {
          name: "Web",
          beads: ["app-one", "app-two"],
          owner: "overseer",
        });
        transaction.set(convoy.key, { "metadata.budget": { soft: 3 } as Json });
      });
      await stage.compare({ "app-one": 2, "app-two": 2 });
      await dispatch(stage);
      assertEquals([stage.state("app-two"), stage.state("app-six")], ["hooked", "preparing"]);
      assertEquals(stage.mail(), ["BUDGET hq-cv-web: soft"]);
      assertEquals(budgetStates(ledger.ephemeral).map(({ id, spent }) => [id, spent]), [["hq-cv-web", 4]]);
    }));

  it("says nothing twice after it was started again", () =>
    onStage(async (stage) => {
      stage.budget("{ town: { warn: 1 } }");
      await stage.compare({ "app-one": 2 });
      const again = createBudgetWatch(stage);
      const said: string[] = [];
      const usage = () => [used(stage, { id: "app-one", usd: 2, day: "2026-11-23" })];
      await again.tick({ log: (line) => said.push(line), usage, changes: 1 });
      assertEquals([said, stage.mail().length], [[], 1]);
    }));
});
