import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inRepository, type Repository } from "./repository_fixture.ts";

/** Writes when it begins, and goes on for as long as there is a file of this name. */
const during = (name: string) => `echo ${name} >>began; while test -e ${name}; do sleep 0.02; done`;

/** A molecule of which one run of the group `nightly` is at work at a time. */
async function bounded({ path }: Repository, name: string, steps: string): Promise<void> {
  await Deno.writeTextFile(
    path(`molecules/${name}.yaml`),
    `molecule: ${name}\nconcurrency: { group: nightly }\nsteps:\n${steps}`,
  );
}

function began({ path }: Repository): () => Promise<string> {
  return () => Deno.readTextFile(path("began")).catch(() => "");
}

describe("the place of a run that nobody drives", () => {
  it("is its own as long as its command goes on, and who waits for it is told how to free it", () =>
    inRepository(async (repository) => {
      const { run, until, path, gt } = repository;
      const log = began(repository);
      await bounded(repository, "first", `  - { id: one, run: "${during("hold")}" }\n`);
      await bounded(repository, "second", `  - { id: one, run: "echo second >>began" }\n`);
      await Deno.writeTextFile(path("hold"), "");
      const first = run("first");
      await until("it works", async () => (await log()) !== "");
      first.kill();
      await first.ended;
      const { id } = JSON.parse((await gt(["mol", "status", "first", "--json"])).stdout);
      const second = run("second");
      const told =
        `nobody drives ${id}, which holds group nightly: gt mol resume ${id}, or gt mol cancel ${id}`;
      await until("it is told", () => Promise.resolve(second.text().includes(told)));
      const { stdout } = await gt(["mol", "status", "second"]);
      assertStringIncludes(stdout, `waits for group nightly, held by ${id}\n`);
      assertStringIncludes(stdout, told);
      const [wait] = JSON.parse((await gt(["mol", "status", "second", "--json"])).stdout).waits_for;
      assertEquals(wait, { group: "nightly", held_by: [id], stuck: [{ run: id, why: "undriven" }] });
      assertEquals(await log(), "hold\n");
      await Deno.remove(path("hold"));
      assertEquals((await second.ended).code, 0, second.text());
      assertEquals(await log(), "hold\nsecond\n");
    }));

  it("is its own as long as somebody is at one of its steps, and is free once it is cancelled", () =>
    inRepository(async (repository) => {
      const { run, until, json } = repository;
      const log = began(repository);
      await bounded(repository, "first", `  - { id: one, title: Do one }\n`);
      await bounded(repository, "second", `  - { id: one, run: "echo second >>began" }\n`);
      const first = run("first");
      await until("it waits", () => Promise.resolve(first.text().includes("bd close ")));
      first.kill();
      await first.ended;
      const second = run("second");
      await until("it is told", () => Promise.resolve(second.text().includes("gt mol cancel ")));
      assertEquals(await log(), "");
      await json(["mol", "cancel", "first"]);
      assertEquals((await second.ended).code, 0, second.text());
      assertEquals(await log(), "second\n");
    }));

  it("is its own as long as a command of it is still to begin, which it does when the run goes on", () =>
    inRepository(async (repository) => {
      const { run, until, path, gt } = repository;
      const log = began(repository);
      await bounded(repository, "first", `  - { id: one, run: "${during("hold")}", cache: { key: k } }\n`);
      await bounded(repository, "second", `  - { id: one, run: "${during("hold2")}" }\n`);
      for (const name of ["hold", "hold2"]) await Deno.writeTextFile(path(name), "");
      // It is killed once it is written that the command begins, before anything of it does.
      await gt(["mol", "run", "first"], { GT_FAULT: `mol.after-write:${path("killed")}` });
      const second = run("second");
      await until("it is told", () => Promise.resolve(second.text().includes("gt mol cancel ")));
      const again = run("first");
      await until("it works", async () => (await log()) !== "");
      assertEquals(await log(), "hold\n");
      await Deno.remove(path("hold"));
      await until("the other works", async () => (await log()).includes("hold2"));
      await Deno.remove(path("hold2"));
      assertEquals([(await again.ended).code, (await second.ended).code], [0, 0], second.text());
      assertEquals(await log(), "hold\nhold2\n");
    }));

  it("is another's once nothing of it is at work, and it waits for one when it goes on", () =>
    inRepository(async (repository) => {
      const { run, until, path } = repository;
      const log = began(repository);
      const steps = `  - { id: one, run: "${during("hold")}" }\n` +
        `  - { id: two, needs: [one], run: "echo two >>began" }\n`;
      await bounded(repository, "first", steps);
      await bounded(repository, "second", `  - { id: one, run: "${during("hold2")}" }\n`);
      for (const name of ["hold", "hold2"]) await Deno.writeTextFile(path(name), "");
      const first = run("first");
      await until("it works", async () => (await log()) !== "");
      first.kill();
      await first.ended;
      const second = run("second");
      await Deno.remove(path("hold"));
      await until("the other works", async () => (await log()).includes("hold2"));
      const again = run("first");
      await until(
        "it waits",
        () => Promise.resolve(again.text().includes("waits for group nightly, held by")),
      );
      assertEquals(await log(), "hold\nhold2\n");
      await Deno.remove(path("hold2"));
      assertEquals([(await second.ended).code, (await again.ended).code], [0, 0], again.text());
      assertEquals(await log(), "hold\nhold2\ntwo\n");
    }));
});

describe("the place of a run that is paused", () => {
  it("is its own as long as it is driven, and who waits for it is told how to free it", () =>
    inRepository(async (repository) => {
      const { run, until, path, json, gt } = repository;
      const log = began(repository);
      const steps = `  - { id: one, run: "${during("hold")}" }\n` +
        `  - { id: two, needs: [one], run: "echo two >>began" }\n`;
      await bounded(repository, "first", steps);
      await bounded(repository, "second", `  - { id: one, run: "echo second >>began" }\n`);
      await Deno.writeTextFile(path("hold"), "");
      const first = run("first");
      await until("it works", async () => (await log()) !== "");
      const { id } = await json(["mol", "pause", "first"]);
      await Deno.remove(path("hold"));
      await until("its step has ended", () => Promise.resolve(first.text().includes("✓ one")));
      const second = run("second");
      const told = `${id}, which holds group nightly, is paused: gt mol resume ${id}, or gt mol cancel ${id}`;
      await until("it is told", () => Promise.resolve(second.text().includes(told)));
      assertEquals(await log(), "hold\n");
      await gt(["mol", "resume", "first"]);
      assertEquals([(await first.ended).code, (await second.ended).code], [0, 0], second.text());
      assertEquals(await log(), "hold\ntwo\nsecond\n");
    }));
});

describe("bd close STEP --continue", () => {
  it("says whom a run waits for that has no place in its group, and how it goes on", () =>
    inRepository(async (repository) => {
      const { run, until, path, gt, molecule } = repository;
      await Deno.writeTextFile(path("hold"), "");
      await molecule("holder", `  - { id: work, run: "${during("hold")}", concurrency: { group: data } }\n`);
      await molecule(
        "list",
        "  - { id: one, title: Do one }\n" +
          '  - { id: two, needs: [one], run: "echo two >>began", concurrency: { group: data } }\n',
      );
      const list = run("list");
      await until("it waits", () => Promise.resolve(list.text().includes("bd close ")));
      list.kill();
      await list.ended;
      const holder = run("holder");
      await until("it works", async () => (await began(repository)()) !== "");
      const id = async (name: string) => JSON.parse((await gt(["mol", "status", name, "--json"])).stdout).id;
      const [own, other] = [await id("list"), await id("holder")];
      const closed = await gt(["--as", "bd", "close", `${own}.1`, "--continue"], { BD_ACTOR: "ann" });
      assertEquals(closed.code, 0, closed.stderr);
      const text = `${own} waits for group data, held by ${other}\n  gt mol resume ${own}\n`;
      assertStringIncludes(closed.stdout, text);
      const again = await gt(["--as", "bd", "close", `${own}.1`, "--continue", "--json"], {
        BD_ACTOR: "ann",
      });
      const { waits_for: waits } = JSON.parse(again.stdout).continue;
      assertEquals(waits, [{ group: "data", held_by: [other], step: "two" }]);
      await Deno.remove(path("hold"));
      assertEquals((await holder.ended).code, 0);
      assertEquals((await gt(["mol", "resume", own])).code, 0);
      assertEquals(await began(repository)(), "hold\ntwo\n");
    }));
});
