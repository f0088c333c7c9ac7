import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";

async function inRepository(use: (repository: TestRepository) => Promise<void>): Promise<void> {
  const repository = await createTestRepository();
  try {
    await use(repository);
  } finally {
    await repository.end();
  }
}

const runJson = async ({ gt }: TestRepository, name: string): Promise<Answer> =>
  JSON.parse((await gt(["mol", "run", name, "--json"])).stdout);

describe("a budget of minutes", () => {
  it("ends a command that outlasts it, and every attempt after it, but not what comes at the end", () =>
    inRepository(async (repository) => {
      await Deno.writeTextFile(join(repository.folder, "tries"), "");
      await repository.molecule(
        "hasty",
        `molecule: hasty
steps:
  - { id: long, run: sleep 600, retry: { attempts: 9 }, budget: { minutes: 0.002 } }
  - id: again
    run: echo again >>tries; exit 3
    retry: { attempts: 9999, delay: 50ms, factor: 1 }
    budget: { minutes: 0.01 }
  - { id: easy, run: "true", budget: { minutes: 5 } }
finally:
  - { id: last, run: "true" }
`,
      );
      const { status, steps: [long, again, easy, last] } = await runJson(repository, "hasty");
      assertEquals([status, easy.status, last.status], ["failed", "succeeded", "succeeded"]);
      assertEquals([long.status, long.attempt, long.reason_kind], ["failed", 1, "budget"]);
      assertEquals(long.reason, "its budget is used up: 120ms of 120ms");
      assertEquals([again.status, again.reason_kind], ["failed", "budget"]);
      assertMatch(again.reason, /^its budget is used up: \w+ of 600ms/);
      // The last attempt may have been ended before it came to that.
      const { again: tries = 0 } = repository.counts("tries");
      assertEquals([0, 1].includes(again.attempt - tries), true, `${tries} of ${again.attempt}`);
    }));

  it("outlives the driver of the run, and begins anew when the step is tried again", () =>
    inRepository(async (repository) => {
      await repository.molecule(
        "slow",
        `molecule: slow
steps:
  - id: wait
    run: echo here >>here; while test -e hold; do sleep 0.02; done; test -e ok
    budget: { minutes: 60 }
`,
      );
      const file = (name: string) => join(repository.folder, name);
      await Deno.writeTextFile(file("hold"), "");
      const going = repository.begin(["mol", "run", "slow"]);
      await repository.holds("here", "here");
      going.kill("SIGKILL");
      await going.ended;
      await Deno.remove(file("hold"));
      const first = await runJson(repository, "slow");
      assertEquals([first.status, first.steps[0].attempt, first.steps[0].reason_kind], ["failed", 1, "exit"]);
      await Deno.writeTextFile(file("ok"), "");
      const again = JSON.parse((await repository.gt(["mol", "retry", "slow", "--json"])).stdout);
      assertEquals([again.status, again.steps[0].attempt], ["succeeded", 2]);
      assertEquals(repository.counts("here"), { here: 2 });
    }));

  it("of a run ends all that is at work", () =>
    inRepository(async (repository) => {
      await repository.molecule(
        "whole",
        `molecule: whole
budget: { minutes: 0.004 }
steps:
  - { id: long, run: sleep 600 }
  - { id: never, needs: [long], run: "true" }
finally:
  - { id: last, run: "echo {{ status }} >end" }
`,
      );
      const { status, reason, steps } = await runJson(repository, "whole");
      assertEquals([status, reason], ["failed", "its budget is used up: 240ms of 240ms"]);
      assertEquals(steps.map((step: Answer) => step.status), ["cancelled", "cancelled", "succeeded"]);
      assertEquals(repository.read("end"), "failed\n");
    }));
});

describe("a budget for agents", () => {
  it("is refused where nobody knows what agents use", () =>
    inRepository(async (repository) => {
      const prompt = "steps:\n  - { id: a, prompt: Think";
      const refusals = {
        step: [
          `${prompt}, budget: { tokens: 9 } }\n`,
          'step "a" has a budget for its agent, which needs a town',
        ],
        whole: [`budget: { usd: 1 }\n${prompt} }\n`, "it has a budget for agents, which needs a town"],
      };
      for (const [name, [text, refusal]] of Object.entries(refusals)) {
        await repository.molecule(name, `molecule: ${name}\n${text}`);
        const { code, stderr } = await repository.gt(["mol", "run", name]);
        assertEquals([name, code], [name, 1]);
        assertStringIncludes(stderr, `Cannot run molecule "${name}": ${refusal}`);
      }
    }));

  it("fails the prompt whose worker has used it up, in a town, and is not tried again", async () => {
    const town = await createTestTown();
    try {
      await Deno.mkdir(join(town.folder, "molecules"), { recursive: true });
      await Deno.mkdir(join(town.folder, "scripts"), { recursive: true });
      const molecule = (name: string, text: string) =>
        Deno.writeTextFile(join(town.folder, "molecules", `${name}.yaml`), `molecule: ${name}\n${text}`);
      const prompt = "agent: { rig: app }, prompt: Think hard, retry: { attempts: 3 }";
      await molecule("dear", `steps:\n  - { id: think, ${prompt}, budget: { tokens: 600 } }\n`);
      await molecule("whole", `budget: { tokens: 600 }\nsteps:\n  - { id: think, ${prompt} }\n`);
      const transcript = await writeTranscript(town);
      await town.must(["start"]);
      for (const name of ["dear", "whole"]) {
        const { id } = await town.json(["mol", "start", name]);
        await Deno.writeTextFile(join(town.folder, "scripts", `${id}.1.yaml`), spending(transcript, id));
        const shown = await town.until(`${name} ends`, async () => {
          const run = await town.json(["mol", "status", id]);
          return run.ended_at && run;
        }, 60);
        const [{ status, attempt, reason }] = shown.steps;
        const text = /its budget is used up: \d{3,} of 600 tokens/;
        assertEquals([shown.status, attempt], ["failed", 1]);
        assertMatch(shown.reason, text);
        assertEquals(status, name === "dear" ? "failed" : "cancelled");
        assertMatch(reason, text);
        const [bead] = await town.json(["bd", "show", `${id}.1`]);
        assertEquals(bead.status, "closed");
        await town.until(
          `the worker of ${name} is gone`,
          async () => (await town.json(["status"])).hooks.length === 0,
        );
      }
    } finally {
      await town.end();
    }
  });
});

async function writeTranscript(town: TestTown): Promise<string> {
  const recorded = join(import.meta.dirname!, "..", "unit", "agents", "transcripts", "plain.jsonl");
  const soon = `"timestamp":"${new Date(Date.now() + 60_000).toISOString()}"`;
  const path = join(town.folder, "recorded.jsonl");
  await Deno.writeTextFile(
    path,
    (await Deno.readTextFile(recorded)).replaceAll(/"timestamp":"[^"]*"/g, soon),
  );
  return path;
}

/** A worker whose agent tells of its transcript, and never comes to an end by itself. */
function spending(transcript: string, session: string): string {
  const input = JSON.stringify({
    session_id: session,
    transcript_path: transcript,
    hook_event_name: "SessionStart",
    source: "clear",
  });
  return `- run: ${JSON.stringify(`echo '${input}' | gt prime --hook`)}\n- wait: { file: never }\n`;
}
