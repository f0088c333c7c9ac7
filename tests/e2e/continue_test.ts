import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { inRepository, type Repository } from "./repository_fixture.ts";

const inner = `  - { id: x, run: "true" }
  - { id: think, needs: [x], prompt: Think about it }
`;
const list = `  - { id: one, title: Do one, outputs: { n: int } }
  - { id: test, needs: [one], run: echo $GT_STEP_KEY >>keys }
  - { id: flaky, needs: [one], run: "echo trying; false", retry: { attempts: 2, delay: 10ms }, allow_failure: true }
  - { id: two, needs: [test, flaky], title: Do two, description: With care }
  - { id: in, needs: [two], molecule: inner }
  - { id: last, needs: [in], run: "echo {{ quote(steps.one.outputs.n) }} >last" }
`;

/** Begins a run and ends its driver once it waits for somebody; returns its id. */
async function begun({ molecule, run, until, gt }: Repository): Promise<string> {
  await molecule("inner", inner);
  await molecule("list", list);
  const running = run("list");
  await until("it waits", () => Promise.resolve(running.text().includes("bd close ")));
  running.kill();
  await running.ended;
  const runs = JSON.parse((await gt(["--as", "bd", "list", "--type", "molecule", "--json"])).stdout);
  return runs[0].id;
}

describe("bd close STEP --continue of a run", () => {
  it("runs what follows here, prints it, and gives the next step, to the end of the run", () =>
    inRepository(async (repository) => {
      const { gt, path } = repository;
      const id = await begun(repository);
      const next = (step: string, ...more: string[]) =>
        gt(["--as", "bd", "close", `${id}.${step}`, "--continue", ...more], { BD_ACTOR: "ann" });
      const refused = await next("1");
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, `bd close ${id}.1 --output n=VALUE`);

      const wrong = await next("1", "--output", "n=none");
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stderr, `"${id}.1": its output "n": expected a whole number, found "none"`);
      assertStringIncludes(wrong.stderr, "--output n=3");

      const first = await next("1", "--output", "n=5");
      assertEquals(first.code, 0, first.stderr);
      assertMatch(first.stdout, /✓ one .*\n(▸ .*\n)+/);
      assertMatch(first.stdout, /✓ test .*\n/);
      assertMatch(first.stdout, /✗ flaky .* attempt 2, exit code 1\n {4}│ trying\n/);
      assertStringIncludes(
        first.stdout,
        `\nNow yours (${id}):\n${id}.2 "Do two"\n  With care\n\nWhen it is finished: bd close ${id}.2 --continue\n`,
      );
      assertEquals(await Deno.readTextFile(path("keys")), `${id}/test/1\n`);

      const later = await next("1", "--output", "n=6");
      assertEquals(later.code, 1);
      assertStringIncludes(later.stderr, `Cannot give outputs for "${id}.1": it is closed already`);
      const plain = await gt(["--as", "bd", "close", `${id}.1`, "--output", "n=6", "--output", "more=1"]);
      assertStringIncludes(plain.stderr, `Cannot give outputs for "${id}.1": it is closed already`);
      const [one] = JSON.parse((await gt(["--as", "bd", "show", `${id}.1`, "--json"])).stdout);
      assertEquals(one.metadata.outputs, { n: 5 });
      const same = await next("1", "--output", "n=5");
      assertEquals(same.code, 0, same.stderr);
      assertStringIncludes(same.stdout, `✓ Already closed ${id}.1: Do one\n`);
      assertStringIncludes((await gt(["--as", "bd", "close", `${id}.1`])).stdout, "✓ Already closed ");

      const second = JSON.parse((await next("2", "--json")).stdout).continue;
      assertEquals(
        [second.next_step.id, second.next_step.status, second.next_step.assignee, second.run_status],
        [`${id}.3.1`, "in_progress", "ann", "running"],
      );
      const last = await next("3.1");
      assertStringIncludes(last.stdout, "✓ list succeeded in ");
      assertEquals(await Deno.readTextFile(path("last")), "5\n");
      const again = JSON.parse((await next("3.1", "--json")).stdout).continue;
      assertEquals([again.molecule_complete, again.run_status, again.molecule_id], [true, "succeeded", id]);
    }));

  it("follows a run that somebody else drives, and fails a step whose reason says so", () =>
    inRepository(async (repository) => {
      const { gt, molecule, run, until } = repository;
      await molecule(
        "two",
        "  - { id: one, title: Do one }\n  - { id: after, needs: [one], run: sleep 0.3 }\n" +
          "  - { id: more, needs: [after], title: Do more }\n",
      );
      const running = run("two");
      const [, step] = await until(
        "it waits",
        () => Promise.resolve(/bd close (\S+)\n/.exec(running.text()) ?? undefined),
      );
      const first = await gt(["--as", "bd", "close", step!, "--continue"]);
      assertMatch(first.stdout, /✓ one .*\n▸ after\n✓ after .*\n[^]*Now yours/);
      const [, next] = /bd close (\S+) --continue/.exec(first.stdout)!;
      const failed = await gt(["--as", "bd", "close", next!, "--continue", "--reason", "failed: no more"]);
      assertMatch(failed.stdout, /✗ more \S+ {2}no more\n/);
      const { code, text } = await running.ended;
      assertEquals(code, 1);
      assertMatch(text, /✗ two failed in \S+: "more" failed: no more\n/);
    }));
});

describe("bd close STEP --continue of a run whose driver is quicker", () => {
  it("tells of all that has happened since the step was closed", () =>
    inRepository(async ({ folder, gt, molecule, run, until }) => {
      await molecule(
        "two",
        "  - { id: one, title: Do one }\n  - { id: after, needs: [one], run: 'true' }\n" +
          "  - { id: more, needs: [after], title: Do more }\n",
      );
      const running = run("two");
      const [, step] = await until(
        "it waits",
        () => Promise.resolve(/bd close (\S+)\n/.exec(running.text()) ?? undefined),
      );
      const pipe = join(folder, "pipe");
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      // It stands still once the step is closed, until the driver has gone on as far as it can.
      const closing = gt(["--as", "bd", "close", step!, "--continue"], {
        GT_FAULT: `ledger.after-commit:${pipe}`,
      });
      await until("the driver is ahead", () => Promise.resolve(running.text().includes("◆ more")));
      await Deno.writeTextFile(pipe, "");
      assertMatch((await closing).stdout, /✓ one .*\n✓ after .*\n[^]*Now yours/);
      running.kill();
      await running.ended;
    }));
});

describe("a molecule that nobody can run", () => {
  it("is refused before it begins, also as a part of another", () =>
    inRepository(async ({ molecule, gt }) => {
      await molecule("work", "  - { id: look, title: 'Look at {{ bead.title }}' }\n");
      await molecule("outer", "  - { id: inner, molecule: work }\n");
      await molecule("costly", "  - { id: ask, prompt: x, budget: { usd: 3 } }\n");
      const work = await gt(["mol", "run", "work"]);
      assertEquals(work.code, 1);
      assertStringIncludes(
        work.stderr,
        "the bead that it is for is read at ",
      );
      assertStringIncludes(work.stderr, "gt sling BEAD RIG --molecule work");
      const outer = await gt(["mol", "run", "outer"]);
      assertEquals(outer.code, 1);
      assertStringIncludes(outer.stdout, 'Cannot run molecule "work": the bead that it is for is read at ');
      const costly = await gt(["mol", "run", "costly"]);
      assertStringIncludes(costly.stderr, 'step "ask" has a budget for its agent, which needs a town');
    }));
});
