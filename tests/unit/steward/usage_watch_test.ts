import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { activityOf } from "../../../src/agents/activity.ts";
import { noteStart } from "../../../src/agents/briefing.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import { agentLimit, limitOf } from "../../../src/agents/limits.ts";
import { noteEnd } from "../../../src/agents/turn_end.ts";
import { createUsageWatch, type UsageWatch } from "../../../src/steward/usage_watch.ts";
import { wakeLoops } from "../../../src/town/desired.ts";
import { readStatus } from "../../../src/town/status.ts";
import { createUsageBook } from "../../../src/town/costs/usage_record.ts";
import { dispatch } from "../../../src/work/dispatch.ts";
import { attemptOf } from "../../../src/work/attempt_store.ts";
import { type AgentTown, inTown, workerCaller } from "../agents/agent_fixture.ts";

const recorded = join(import.meta.dirname!, "..", "agents", "transcripts");
const text = (name: string) => Deno.readTextFileSync(join(recorded, `${name}.jsonl`));

/** When the recorded sessions were, in ms since the epoch. */
const then = Date.parse("2026-11-23T18:14:00Z");

/** A town with one worker at work, whose agent writes what a test says; time stands still until a test moves it. */
interface Stage extends AgentTown {
  watch: UsageWatch;
  /** Lets the steward look; returns what it logged. */
  look(watch?: UsageWatch): string[];
  write(name: string): void;
  pass(ms: number): void;
  end(): void;
  entries(): number;
}

const caller = { ...workerCaller("app-one"), agent: "script" };
const who = { session: "gt-worker-1", bead: "app-one", n: 1 };

async function onStage(use: (stage: Stage) => Promise<void> | void): Promise<void> {
  await inTown(async (town) => {
    let now = then;
    const ports = { ...town.ports, clock: { ...town.ports.clock, now: () => now } };
    const at: AgentTown = { ...town, ports };
    const { ledger } = at.town;
    const path = join(at.town.root, "s1.jsonl");
    const input = parseHookInput(JSON.stringify({ session_id: "s1", transcript_path: path, cwd: "/w/1" }));
    at.work("app-one");
    const { pid } = ports.processes;
    ledger.ephemeral.put("session", "gt-worker-1", { pid, bead: "app-one", n: 1, rig: "app", worker: 1 });
    noteStart({ ...at, caller }, input);
    const watch = createUsageWatch(at);
    await use({
      ...at,
      watch,
      look(other = watch) {
        const said: string[] = [];
        other.tick({ log: (line) => said.push(line) });
        return said;
      },
      write: (name) => Deno.writeTextFileSync(path, text(name), { append: true }),
      pass: (ms) => now += ms,
      end: () => noteEnd({ ...at, caller, input }),
      entries: () => ledger.view.journal("usage", 0).length,
    });
  });
}

describe("the usage of agents", () => {
  it("is recorded once when their session ends, and not again by another steward", () =>
    onStage((stage) => {
      stage.write("plain");
      stage.look();
      assertEquals(stage.entries(), 0);
      stage.end();
      stage.look();
      stage.look();
      assertEquals(stage.entries(), 1);
      stage.look(createUsageWatch(stage));
      stage.look();
      assertEquals(stage.entries(), 1);
      const recordedUsage = createUsageBook().sessions(stage.town.ledger.view).get("s1");
      assertEquals(recordedUsage?.rows.map(({ output }) => output), [600]);
      assertEquals([recordedUsage?.actor, recordedUsage?.agent, recordedUsage?.n], ["worker-1", "script", 1]);
    }));

  it("is recorded every now and then while a session goes on", () =>
    onStage((stage) => {
      stage.write("plain");
      for (let minute = 0; minute < 25; minute++) {
        stage.look();
        stage.pass(60_000);
      }
      assertEquals(stage.entries(), 1);
    }));

  it("is recorded by the next steward when the one that read it died before it wrote", () =>
    onStage((stage) => {
      stage.write("plain");
      stage.look();
      stage.end();
      stage.look(createUsageWatch(stage));
      assertEquals(stage.entries(), 1);
    }));
});

describe("an agent that its service refuses", () => {
  it("is limited, idle, and no other of its kind is started until then", () =>
    onStage(async (stage) => {
      stage.work("app-two", { state: "hooked", slungAt: 1 }, { status: "hooked" });
      stage.write("rate_limit");
      assertMatch(
        stage.look()[0]!,
        /worker-1 is refused by its service: API Error: Request rejected \(429\)/,
      );
      assertEquals(stage.look(), []);
      const { ledger } = stage.town;
      const limit = limitOf(ledger, who)!;
      assertEquals([limit.until - limit.at, limit.errors], [60_000, 1]);
      stage.pass(10_000);
      assertEquals(activityOf(ledger, "gt-worker-1")?.busy, false);
      assertEquals(await dispatch(stage), limit.until);
      const { needs, hooks } = await readStatus(stage);
      assertEquals(needs.find(({ kind }) => kind === "limit")?.command, "gt wake");
      assertEquals(hooks.map(({ bead, waitsFor }) => [bead, waitsFor]), [["app-two", "limit"]]);
      assertEquals(attemptOf(ledger.view.beadById("app-two")!)?.state, "hooked");
      stage.pass(70_000);
      assertEquals(await dispatch(stage), undefined);
      assertEquals(attemptOf(ledger.view.beadById("app-two")!)?.state, "preparing");
    }));

  it("waits longer after each refusal, and is free again when the model answers", () =>
    onStage((stage) => {
      stage.write("rate_limit");
      stage.write("rate_limit");
      stage.look();
      const { ledger } = stage.town;
      const limit = limitOf(ledger, who)!;
      assertEquals([limit.until - limit.at, limit.errors], [120_000, 2]);
      stage.write("plain");
      stage.look();
      assertEquals(limitOf(ledger, who)?.until, 0);
      assertEquals(agentLimit(ledger, { agent: "script", now: then + 5_000 }), undefined);
    }));

  it("is free after gt wake, and not limited again by what it said before, nor by a new steward", () =>
    onStage((stage) => {
      const { ledger } = stage.town;
      stage.write("rate_limit");
      stage.look();
      assertEquals(agentLimit(ledger, { agent: "script", now: then + 10_000 })?.errors, 1);
      stage.look(createUsageWatch(stage));
      assertEquals(agentLimit(ledger, { agent: "script", now: then + 10_000 })?.errors, 1);
      wakeLoops(stage.ports, stage.town.paths);
      for (const watch of [stage.watch, createUsageWatch(stage)]) {
        stage.look(watch);
        assertEquals(agentLimit(ledger, { agent: "script", now: then + 10_000 }), undefined);
        assertEquals(limitOf(ledger, who)?.until, 0);
      }
    }));

  it("needs a person where only a person can help", () =>
    onStage((stage) => {
      stage.write("bad_key");
      stage.pass(10_000);
      stage.look();
      const { ledger } = stage.town;
      assertMatch(activityOf(ledger, "gt-worker-1")!.needs!, /Invalid API key/);
      const now = stage.ports.clock.now();
      assertEquals([
        limitOf(ledger, who)!.until < now,
        agentLimit(ledger, { agent: "script", now })!.until > now,
      ], [
        true,
        true,
      ]);
    }));
});
