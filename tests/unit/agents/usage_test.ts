import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { askCosts, type CostRequest } from "../../../src/agents/cost_question.ts";
import { noteStart } from "../../../src/agents/briefing.ts";
import { conversations } from "../../../src/agents/conversations.ts";
import { parseHookInput } from "../../../src/agents/hook_input.ts";
import { transcriptEvent } from "../../../src/agents/transcript.ts";
import { readConversation } from "../../../src/agents/usage_known.ts";
import { recordUsage } from "../../../src/town/costs/usage_record.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

const recorded = join(import.meta.dirname!, "transcripts");
const lines = (name: string) => Deno.readTextFileSync(join(recorded, `${name}.jsonl`)).trimEnd().split("\n");
const events = (name: string) => lines(name).map(transcriptEvent).filter((event) => event !== undefined);

/** When the recorded sessions were, in ms since the epoch. */
const then = Date.parse("2026-11-23T18:14:00Z");

/** An agent whose session is known, with a transcript that the test writes. */
interface Session {
  path: string;
  add(...lines: string[]): void;
  read(): ReturnType<typeof readConversation>;
}

function session(at: AgentTown, id = "s1", started = then): Session {
  const path = join(at.town.root, `${id}.jsonl`);
  const input = parseHookInput(JSON.stringify({ session_id: id, transcript_path: path, cwd: "/w/1" }));
  const clock = { ...at.ports.clock, now: () => started };
  noteStart(
    { ...at, ports: { ...at.ports, clock }, caller: { ...workerCaller("app-one"), agent: "claude" } },
    input,
  );
  return {
    path,
    add: (...more) =>
      Deno.writeTextFileSync(path, more.map((line) => line + "\n").join(""), { append: true }),
    read: () => readConversation(at, conversations(at.town.ledger).find((one) => one.id === id)!),
  };
}

const costs = async (at: AgentTown, request: CostRequest) => await askCosts(at, request);

describe("a line of a transcript", () => {
  it("tells prompts and the tokens of answers, and nothing of the rest", () => {
    assertEquals(events("plain").map(({ kind }) => kind), ["turn", "tokens", "tokens", "tokens", "tokens"]);
    const [, , second] = events("plain");
    if (second?.kind !== "tokens") throw new Error("the second part of the answer is not there");
    assertEquals(second.model, "claude-opus-4-8");
    assertEquals(second.tokens, {
      input: 10,
      output: 100,
      cache_read: 20_000,
      cache_write: 600,
      cache_write_1h: 400,
    });
  });

  it("tells the error that ended a turn", () => {
    const errors = ["rate_limit", "no_credit", "bad_key"].map((name) => events(name).at(-1));
    assertEquals(errors.map((event) => event?.kind === "error" && event.error), [
      "rate_limit",
      "billing_error",
      "authentication_failed",
    ]);
  });

  it("is read without harm when it is nonsense", () => {
    for (const line of ["", "{", "null", '{"type":"assistant"}', '{"type":"user","message":null}', "[]"]) {
      assertEquals(transcriptEvent(line), undefined);
    }
  });
});

describe("the usage of a session", () => {
  it("counts an answer of several parts once, with its last figures", () =>
    inTown((at) => {
      at.work("app-one");
      const one = session(at);
      one.add(...lines("plain"));
      const [row, ...rest] = one.read()!.state.rows;
      assertEquals(rest, []);
      assertEquals([row!.messages, row!.turns, row!.input, row!.output], [3, 1, 60, 600]);
    }));

  it("is the same whether it is read at once or at every byte that is written", () =>
    inTown((at) => {
      at.work("app-one");
      const whole = session(at, "whole");
      whole.add(...lines("plain"));
      const parts = session(at, "parts");
      const text = lines("plain").join("\n") + "\n";
      for (let from = 0; from < text.length; from += 777) {
        Deno.writeTextFileSync(parts.path, text.slice(from, from + 777), { append: true });
        parts.read();
      }
      assertEquals(parts.read()!.state.rows, whole.read()!.state.rows);
    }));

  it("is the same after the record of how far it was read is lost", () =>
    inTown((at) => {
      at.work("app-one");
      const one = session(at);
      one.add(...lines("plain"));
      const before = one.read()!.state.rows;
      at.town.ledger.ephemeral.remove("usage", "s1");
      assertEquals(one.read()!.state.rows, before);
    }));

  it("leaves out what was copied from the session it was forked from", () =>
    inTown((at) => {
      at.work("app-one");
      const fork = session(at, "fork", then + 3_600_000);
      fork.add(...lines("plain"));
      assertEquals(fork.read()!.state.rows, []);
    }));

  it("has that of its subagents in it", async () =>
    await inTown(async (at) => {
      at.work("app-one");
      const one = session(at);
      one.add(...lines("plain"));
      const folder = join(at.town.root, "s1", "subagents");
      Deno.mkdirSync(folder, { recursive: true });
      Deno.writeTextFileSync(join(folder, "agent-a.jsonl"), lines("subagent").join("\n") + "\n");
      const { rows } = await costs(at, { by: "model" });
      assertEquals(rows.map(({ key, output, turns }) => [key, output, turns]), [
        ["claude-opus-4-8", 600, 1],
        ["claude-haiku-4-5-20251001", 70, 0],
      ]);
      const turns = await costs(at, { by: "turn" });
      assertEquals(turns.rows.map(({ key, output }) => [key, output]), [["app-one", 600], ["app-one", 70]]);
    }));

  it("belongs to the step that was closed next", async () =>
    await inTown(async (at) => {
      at.work("app-one");
      const { ledger } = at.town;
      const { key } = ledger.view.beadById("app-one")!;
      ledger.write("w", (transaction) => {
        const make = (id: string, fields: Record<string, string>) =>
          transaction.create(id, {
            title: id,
            issue_type: "step",
            dependencies: [{ target: key, type: "parent-child" }],
            ...fields,
          });
        make("app-one.1", { status: "closed", closed_at: "2026-11-23T18:14:03.700Z" });
        make("app-one.2", { status: "in_progress" });
      });
      session(at).add(...lines("plain"));
      const { rows } = await costs(at, { by: "step" });
      assertEquals(rows.map(({ key, output }) => [key, output]), [["app-one.2", 500], ["app-one.1", 100]]);
    }));
});

describe("costs", () => {
  it("are those of the record where the transcript is gone, and the latest record of a session counts", async () =>
    await inTown(async (at) => {
      at.work("app-one");
      const one = session(at);
      one.add(...lines("plain").slice(0, 6));
      for (const line of lines("plain").slice(6)) {
        at.town.ledger.write("steward", (transaction) => recordUsage(transaction, one.read()!.usage));
        one.add(line);
      }
      at.town.ledger.write("steward", (transaction) => recordUsage(transaction, one.read()!.usage));
      const before = await costs(at, { by: "bead" });
      Deno.removeSync(one.path);
      const after = await costs(at, { by: "bead" });
      assertEquals(after, before);
      assertEquals(after.rows.map(({ key, title, output }) => [key, title, output]), [
        ["app-one", "Add the login page", 600],
      ]);
    }));

  it("survive the loss of everything that is derived", async () =>
    await inTown(async (at) => {
      at.work("app-one");
      const one = session(at);
      one.add(...lines("plain"));
      at.town.ledger.write("steward", (transaction) => recordUsage(transaction, one.read()!.usage));
      const before = await costs(at, { by: "worker" });
      Deno.removeSync(one.path);
      at.town.close();
      for (const name of ["index.db", join("local", "ephemeral.db")]) {
        for (const end of ["", "-wal", "-shm"]) at.ports.files.remove(join(at.town.paths.beads, name + end));
      }
      assertEquals(await costs(at, { by: "worker" }), before);
      assertEquals(before.rows.map(({ key }) => key), ["worker-1"]);
    }));

  it("of days before `since` are left out", async () =>
    await inTown(async (at) => {
      at.work("app-one");
      session(at).add(...lines("plain"));
      assertEquals((await costs(at, { by: "day", since: "2026-11-20" })).rows.length, 1);
      assertEquals((await costs(at, { by: "day", since: "2026-11-27" })).rows.length, 0);
    }));
});
