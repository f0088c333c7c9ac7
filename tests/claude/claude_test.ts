/**
 * The real Claude Code client at work in a real town, with a stand-in for the model behind it.
 *
 * @module
 */
import { join } from "node:path";
import { after, before, describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { lostOrDoubled, type TestTown } from "../e2e/town_fixture.ts";
import type { Client } from "../../.ci/tasks/claude_client.ts";
import { haveClient } from "./client.ts";
import type { Rule } from "./model_api.ts";
import { commit, hook, onStage, ownSettings, ownState } from "./stage.ts";

let client: Client;
before(async () => {
  client = await haveClient();
});
after(() => client.remove());

/** A row of `gt worker list --json`. */
interface Worker {
  bead: string;
  number: number;
  pid: number;
}

/** Two steps of which the second waits for the first. */
const molecule = `molecule: two-steps
version: 1
description: Write, then look.
steps:
  - { id: write, title: Write it, description: Make the file and commit it. }
  - { id: look, needs: [write], title: Look at it, description: Read what the commit says. }
`;

async function plan(
  town: TestTown,
  ids: readonly string[],
  { withSteps = [] }: { withSteps?: readonly string[] } = {},
): Promise<void> {
  await Deno.mkdir(join(town.folder, "molecules"), { recursive: true });
  await Deno.writeTextFile(join(town.folder, "molecules", "two-steps.yaml"), molecule);
  for (const id of ids) await town.must(["--as", "bd", "create", `Add ${id}.txt`, "--id", id]);
  await town.must(["convoy", "create", "All", ...ids]);
  await town.must(["start"]);
  const plain = ids.filter((id) => !withSteps.includes(id));
  await town.must(["sling", ...plain, "app"]);
  if (withSteps.length > 0) await town.must(["sling", ...withSteps, "app", "--molecule", "two-steps"]);
}

/** What a worker does that makes no trouble. */
function plain(id: string): Rule {
  const commands = ["git status --porcelain --ignored", commit(id), "gt done"];
  return { when: [hook(id)], commands, say: `Finished ${id}.` };
}

describe("real clients of Claude Code", () => {
  it("carry a convoy of three beads to the target branch", () =>
    onStage(client, async ({ town, api, state }) => {
      const ids = ["app-1", "app-2", "app-3"];
      api.add(
        // Stops too early, and is told to go on.
        { when: [hook("app-1"), "You stopped with open work"], ...rest(plain("app-1")) },
        { when: [hook("app-1")], commands: plain("app-1").commands!.slice(0, 1), say: "That is all." },
        // Tries what only the refinery may do.
        {
          when: [hook("app-2")],
          commands: ["git push origin HEAD:main", commit("app-2"), "gt done"],
          say: "Finished.",
        },
        // Follows the steps of a workflow, and forgets the conversation after the first of them.
        {
          when: ["SessionStart:compact hook success"],
          commands: ["git show --stat", "bd close app-3.2 --continue", "gt done"],
          say: "Finished.",
        },
        { when: ["create a detailed summary"], say: "I closed a step." },
        {
          when: [hook("app-3")],
          commands: ["gt done", commit("app-3"), "bd close app-3.1 --continue"],
          fullAt: 2,
          say: "Never said.",
        },
      );
      await plan(town, ids, { withSteps: ["app-3"] });
      await town.landed(120);
      assertEquals(await lostOrDoubled(town, ids), []);

      for (const id of ids) {
        const first = api.asked.find(({ whole }) => whole.includes(hook(id)))!;
        assertMatch(first.whole, /SessionStart:startup hook success: # You are worker-\d in rig app/);
        assertEquals(first.tools.filter((tool) => /AskUser|PlanMode|Worktree/.test(tool)), []);
      }
      const results = (id: string) => api.asked.filter(({ whole }) => whole.includes(hook(id)));
      assertMatch(results("app-2")[1]!.last, /Blocked: Only the refinery pushes to main/);
      assertEquals(results("app-1")[1]!.last, "(Bash completed with no output)");
      assertMatch(results("app-3")[0]!.whole, /Current step: app-3\.1 "Write it"/);
      const said = results("app-3").map(({ last }) => last);
      assertMatch(said[1]!, /Cannot .*step/s);
      const compacted = api.asked.filter(({ whole }) => whole.includes("SessionStart:compact"));
      assertMatch(
        compacted[0]!.whole,
        /I closed a step\.[\s\S]*SessionStart:compact hook success: # You are worker-\d in rig app[\s\S]*Current step: app-3\.2/,
      );
      for (const step of ["app-3.1", "app-3.2"]) {
        const [{ status }] = await town.json(["bd", "show", step]);
        assertEquals(status, "closed", said.join("\n"));
      }
      const reminded = results("app-1").filter(({ last }) => last.includes("You stopped with open work"));
      assertEquals(reminded.length, 1);

      const costs = await town.json(["costs", "--by", "step", "--bead", "app-3"]);
      const steps = costs.rows.map(({ key }: { key: string }) => key).sort();
      assertEquals(steps, ["app-3", "app-3.1", "app-3.2"]);

      const { projects, ...own } = await state();
      assertEquals(projects["/elsewhere"], ownState.projects["/elsewhere"]);
      assertEquals(own.oddKey, ownState.oddKey);
      const settings = await Deno.readTextFile(join(town.env.HOME!, ".claude", "settings.json"));
      assertEquals(JSON.parse(settings), ownSettings);
      assertEquals(await troubleOfHooks(town), "");
    }));

  it("wait for an answer, go on after kill -9, and hand over to their next session", () =>
    onStage(client, async ({ town, api }) => {
      const ids = ["app-1", "app-2", "app-3"];
      const question = "gt ask 'Red or blue?'";
      api.add(
        { when: [hook("app-1"), "Blue, please"], commands: [question, ...workOf("app-1")], say: "Finished." },
        { when: [hook("app-1")], commands: [question], say: "I wait." },
        { when: ["What did you begin?"], say: "I began with app-2." },
        { when: [hook("app-2"), "ended unexpectedly"], commands: workOf("app-2"), say: "Finished." },
        { when: [hook("app-2")], commands: ["touch begun; sleep 600"], say: "Never said." },
        { when: [hook("app-3"), "the second half"], commands: workOf("app-3"), say: "Finished." },
        {
          when: [hook("app-3")],
          commands: ["gt handoff -m 'next is the second half'"],
          say: "Over to the next.",
        },
      );
      await plan(town, ids);
      const pid = await town.until("work of app-2", async () => {
        const workers: Worker[] = await town.json(["worker", "list"]);
        const found = workers.find(({ bead }) => bead === "app-2");
        const begun = join(town.folder, "rigs", "app", "workers", String(found?.number), "begun");
        if (!await exists(begun)) return undefined;
        const [{ transcript }] = await town.json(["seance", "app-2"]);
        return (await Deno.readTextFile(transcript)).includes("touch begun") && found?.pid;
      }, 120);
      Deno.kill(pid, "SIGKILL");
      await town.until("a question", async () => (await town.attempt("app-1")).state === "waiting", 120);
      await town.must(["answer", "app-1", "Blue, please"]);
      await town.landed(120);
      assertEquals(await lostOrDoubled(town, ids), []);
      assertEquals((await town.attempt("app-2")).n, 1);
      assertEquals((await town.attempt("app-2")).restarts, 1);
      assertEquals((await town.attempt("app-3")).restarts, 0);
      // The one that was killed went on in its own conversation; the one that handed off began another.
      const former = async (bead: string) => await town.json(["seance", bead]);
      const [killed, ...more] = await former("app-2");
      assertEquals([more.length, (await former("app-3")).length], [0, 2]);
      const again = api.asked.find(({ whole }) => whole.includes("SessionStart:resume hook success"))!;
      assertMatch(again.whole, /SessionStart:startup hook success[\s\S]*Your session ended unexpectedly/);
      const asked = await town.must(["seance", "--talk", killed.id, "--prompt", "What did you begin?"]);
      assertEquals(asked.stdout, "I began with app-2.\n");
      assertEquals((await former("app-2")).length, 1);
      const answers = api.asked.filter(({ last }) => last.includes("Blue, please"));
      assert(answers.length === 1, `the answer was shown ${answers.length} times`);
      assertEquals(await troubleOfHooks(town), "");
    }));

  it("are held back by a limit, go on after gt wake, and what they used is known", () =>
    onStage(client, async ({ town, api }) => {
      const ids = ["app-1", "app-2"];
      Object.assign(town.env, { CLAUDE_CODE_MAX_RETRIES: "1" });
      await town.must(["config", "set", "limits.idle_after", "1s"]);
      api.add(
        {
          when: [hook("app-1"), "There is open work on your hook"],
          commands: workOf("app-1"),
          say: "Finished.",
        },
        {
          when: [hook("app-1")],
          say: "Too many requests.",
          refuse: { status: 429, type: "rate_limit_error" },
        },
        plain("app-2"),
      );
      for (const id of ids) await town.must(["--as", "bd", "create", `Add ${id}.txt`, "--id", id]);
      await town.must(["convoy", "create", "All", ...ids]);
      await town.must(["start"]);
      await town.must(["sling", "app-1", "app"]);
      const need = await town.until("the limit", async () => {
        const { needs } = await town.json(["status"]);
        return needs.find(({ kind }: { kind: string }) => kind === "limit");
      }, 120);
      assertEquals([need.subject, need.command], ["claude", "gt wake"]);
      await town.must(["sling", "app-2", "app"]);
      const { hooks } = await town.json(["status"]);
      assertEquals(hooks.map(({ waitsFor }: { waitsFor: string }) => waitsFor), ["limit"]);
      await town.must(["wake"]);
      await town.landed(120);
      assertEquals(await lostOrDoubled(town, ids), []);
      assertEquals((await town.attempt("app-1")).restarts, 0);
      const { rows, total } = await town.json(["costs"]);
      assertEquals(rows.map(({ key }: { key: string }) => key).sort(), ids);
      // The stand-in says 100 tokens in and 25 out for each answer.
      assertEquals([total.input, total.output], [100 * total.messages, 25 * total.messages]);
      assert(total.usd > 0 && total.unpriced === undefined, JSON.stringify(total));
      assertEquals(await troubleOfHooks(town), "");
    }));
});

function rest({ commands, say }: Rule): Omit<Rule, "when"> {
  return { commands: commands!, say };
}

function workOf(id: string): string[] {
  return [commit(id), "gt done"];
}

async function troubleOfHooks(town: TestTown): Promise<string> {
  const path = join(town.folder, ".gt", "logs", "hooks.log");
  return await exists(path) ? await Deno.readTextFile(path) : "";
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
