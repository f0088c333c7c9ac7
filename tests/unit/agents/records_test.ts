/**
 * What Codex 0.169.0, Copilot CLI 1.0.102, Gemini CLI 0.61.0 and opencode 1.18.33 wrote down of a conversation that was gone on with once.
 *
 * @module
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { askCosts } from "../../../src/agents/cost_question.ts";
import { conversations } from "../../../src/agents/conversations.ts";
import { noteKept } from "../../../src/agents/kept_conversations.ts";
import { clientRecords, type RecordsName } from "../../../src/agents/records/records.ts";
import { conversationToResume } from "../../../src/agents/resume.ts";
import type { TerminalAgent } from "../../../src/agents/terminal_agent.ts";
import { type AgentTown, inTown, workerCaller } from "./agent_fixture.ts";

const recorded = (name: string) =>
  Deno.readTextFileSync(join(import.meta.dirname!, "records", `${name}.jsonl`));

/** When the conversations began, in ms since the epoch. */
const then = Date.parse("2026-11-23T20:09:49Z");

function write(path: string, text: string): void {
  Deno.mkdirSync(join(path, ".."), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

/** Puts a conversation where the client would have written it; returns the folder in which the client keeps things. */
const kept: Record<RecordsName, (root: string) => string> = {
  codex(root) {
    const home = join(root, ".codex");
    write(join(home, "sessions/2026/11/23/rollout-2026-11-23T20-09-51-01a2.jsonl"), recorded("codex"));
    return home;
  },
  copilot(root) {
    const home = join(root, ".copilot");
    write(join(home, "session-state", ids.copilot, "events.jsonl"), recorded("copilot"));
    return home;
  },
  gemini(root) {
    const home = join(root, ".gemini");
    write(join(home, "projects.json"), '{"projects":{"/w/1":"one"}}');
    write(join(home, "tmp/one/chats/session-2026-11-23T20-09-0290b3d1.jsonl"), recorded("gemini"));
    const second = recorded("gemini").split("\n")[0]!.replace("20:09", "20:12");
    write(join(home, "tmp/one/chats/session-2026-11-23T20-12-0290b3d1.jsonl"), `${second}\n`);
    return home;
  },
  opencode(root) {
    const home = join(root, "opencode");
    Deno.mkdirSync(home);
    const database = new DatabaseSync(join(home, "opencode.db"));
    database.exec(
      "CREATE TABLE session (id, parent_id, directory, time_created, time_updated); CREATE TABLE message (id, session_id, time_created, data)",
    );
    const session = database.prepare("INSERT INTO session VALUES (?, ?, ?, ?, ?)");
    session.run("ses_1", null, "/w/1", then + 1, then + 9_000);
    session.run("ses_2", "ses_1", "/w/1", then + 2, then + 9_001);
    session.run("ses_3", null, "/w/2", then + 3, then + 9_002);
    const message = database.prepare("INSERT INTO message VALUES (?, ?, ?, ?)");
    const answer = JSON.stringify({
      ...{ role: "assistant", modelID: "claude-sonnet-4-5", cost: 0.0007 },
      tokens: { input: 60, output: 20, reasoning: 5, cache: { read: 40, write: 0 } },
    });
    for (const [id, session_id] of [["a", "ses_1"], ["b", "ses_2"]] as const) {
      message.run(`${id}1`, session_id, then + 10, '{"role":"user"}');
      message.run(`${id}2`, session_id, then + 20, answer);
    }
    message.run("c2", "ses_3", then + 30, answer);
    database.close();
    return home;
  },
};

const ids: Record<RecordsName, string> = {
  codex: "01a20a07-76bd-73c3-bb0d-71f2ac963d33",
  copilot: "4d7fdf1d-a3d7-41ab-918c-58c4dd474851",
  gemini: "0290b3d1-77d2-4ab4-8e2d-7f141a56c874",
  opencode: "ses_1",
};

/** In US dollars there is a price of one model only; the others are named. */
const models: Record<RecordsName, string[] | undefined> = {
  codex: ["stub"],
  copilot: undefined,
  gemini: ["gemini-3.8-flash"],
  opencode: undefined,
};

function terminal(at: AgentTown, name: RecordsName): TerminalAgent {
  const caller = { ...workerCaller("app-one"), agent: name };
  return {
    agent: name,
    idleBy: "screen",
    at: then,
    caller,
    cwd: "/w/1",
    records: { name, home: kept[name](at.town.root) },
  };
}

for (const name of ["codex", "copilot", "gemini", "opencode"] as const) {
  describe(`the records of ${name}`, () => {
    it("tell which conversation a worker had, what it used, and how to go on with it", () =>
      inTown(async (at) => {
        at.work("app-one");
        const started = terminal(at, name);
        assertEquals([noteKept(at, started), noteKept(at, started)], [true, true]);
        assertEquals(conversations(at.town.ledger).map(({ id, bead }) => [id, bead]), [[
          ids[name],
          "app-one",
        ]]);
        const { rows, total } = await askCosts(at, { by: "bead" });
        assertEquals(rows.map(({ key }) => key), ["app-one"]);
        const { turns, messages, input, output, cache_read, unpriced } = total;
        // Of opencode, one answer and that of a subagent; of the others, two turns. 5 of 25 or 30 tokens are thoughts.
        assertEquals([turns, messages], [name === "opencode" ? 1 : 2, 2]);
        assertEquals([input, output, cache_read], [120, name === "gemini" ? 60 : 50, 80]);
        assertEquals(unpriced, models[name]);
        const again = await askCosts(at, { by: "turn" });
        assertEquals(again.total, total);
        const question = { agent: { name, resumeFlag: "--resume" }, session: "gt-worker-1", cwd: "/w/1" };
        const work = { bead: "app-one", n: 1 };
        assertEquals(conversationToResume(at, { ...question, work })?.id, ids[name]);
      }));

    it("say nothing of other folders and of earlier times", () =>
      inTown((at) => {
        const { records } = terminal(at, name);
        const { find } = clientRecords[name];
        const question = { home: records!.home, cwd: "/w/1", since: then };
        assertEquals(find(at.ports.files, question).map(({ id }) => id), [ids[name]]);
        assertEquals(find(at.ports.files, { ...question, cwd: "/w/9" }), []);
        const future = Date.now() + 10 * 365 * 86_400_000;
        assertEquals(find(at.ports.files, { ...question, since: future }), []);
      }));

    it("are nothing where there are none, or where they are nonsense", () =>
      inTown((at) => {
        const home = join(at.town.root, "none");
        const { find } = clientRecords[name];
        assertEquals(find(at.ports.files, { home, cwd: "/w/1", since: 0 }), []);
        write(join(home, "projects.json"), "{");
        write(join(home, "sessions/2026/11/23/rollout-x.jsonl"), "nonsense\n");
        write(join(home, "session-state/x/events.jsonl"), "nonsense\n");
        assertEquals(find(at.ports.files, { home, cwd: "/w/1", since: 0 }), []);
      }));
  });
}
