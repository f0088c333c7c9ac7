import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inRepository } from "./repository_fixture.ts";

/** Writes when it begins and ends, so that two at a time would show. */
const work = "echo begin >>log; sleep 0.2; echo end >>log";

/** Whether every piece of work ended before the next one began. */
function isOneByOne(log: string): boolean {
  return /^(begin\nend\n)+$/.test(log);
}

describe("a group with a limit", () => {
  it("has so many of its steps at work at a time, in all runs, also after one of them was killed", () =>
    inRepository(async ({ run, until, path }) => {
      await Deno.writeTextFile(
        path("molecules/migrate.yaml"),
        `molecule: migrate
vars: { n: { required: true } }
steps:
  - { id: work, matrix: { part: [1, 2] }, run: "${work}", concurrency: { group: "data{{ 1 }}" } }
`,
      );
      const log = () => Deno.readTextFile(path("log")).catch(() => "");
      const killed = run("migrate", "--var", "n=0");
      await until("it works", async () => (await log()) !== "");
      killed.kill();
      await killed.ended;
      const runs = [1, 2].map((n) => run("migrate", "--var", `n=${n}`));
      const ends = await Promise.all(runs.map(({ ended }) => ended));
      assertEquals(ends.map(({ code }) => code), [0, 0], ends.map(({ text }) => text).join(""));
      const all = await log();
      // The command of the killed driver goes on, and has its place until it has ended.
      assertEquals([isOneByOne(all), all.match(/begin/g)!.length >= 5], [true, true], all);
      assertEquals((await run("migrate", "--var", "n=0").ended).code, 0);
    }));

  it("is named with who holds it where somebody looks at what waits", () =>
    inRepository(async ({ run, until, path, gt }) => {
      const hold = "while test -e hold; do sleep 0.02; done";
      const write = (name: string, text: string) => Deno.writeTextFile(path(`molecules/${name}.yaml`), text);
      await Deno.writeTextFile(path("hold"), "");
      await write(
        "steps",
        `molecule: steps
vars: { n: { required: true } }
steps: [{ id: work, matrix: { part: [1, 2] }, run: "echo {{ n }} >>at; ${hold}", concurrency: { group: "data{{ 1 }}" } }]
`,
      );
      await write(
        "whole",
        `molecule: whole
vars: { n: { required: true } }
concurrency: { group: nightly }
steps: [{ id: work, run: "echo whole {{ n }} >>at; ${hold}" }]
`,
      );
      const at = (text: string) => async () =>
        (await Deno.readTextFile(path("at")).catch(() => "")).includes(text);
      const status = async (name: string, ...args: string[]) =>
        (await gt(["mol", "status", name, ...args])).stdout;
      const runs = [run("steps", "--var", "n=1")];
      await until("it works", at("1\n"));
      const { id } = JSON.parse(await status("steps", "--json"));
      assertStringIncludes(
        await status("steps"),
        'work[1] (2)          waits for group data1, held by "work[0]"\n',
      );
      runs.push(run("steps", "--var", "n=2"));
      await until(
        "it waits",
        async () =>
          (await status("steps")).includes(`work[0] (1)          waits for group data1, held by ${id}\n`),
      );
      const told = `work[0] (1)  waits for group data1, held by ${id}, as do 1 more\n`;
      await until("it tells that too", () => Promise.resolve(runs[1]!.text().includes(told)));
      const shape = JSON.parse(await status("steps", "--json"));
      assertEquals(shape.waits_for[0], { group: "data1", held_by: [id], step: "work[0]" });
      runs.push(run("whole", "--var", "n=1"));
      await until("it works", at("whole 1"));
      const first = JSON.parse(await status("whole", "--json")).id;
      runs.push(run("whole", "--var", "n=2"));
      await until(
        "it waits",
        async () => (await status("whole")).includes(`, waits for group nightly, held by ${first}\n`),
      );
      await Deno.remove(path("hold"));
      for (const { ended } of runs) assertEquals((await ended).code, 0);
    }));

  it("has so many runs at a time; a run that is a part of one has the same place", () =>
    inRepository(async ({ run, path }) => {
      await Deno.writeTextFile(
        path("molecules/part.yaml"),
        `molecule: part
concurrency: { group: nightly }
steps: [{ id: work, run: "${work}" }]
`,
      );
      await Deno.writeTextFile(
        path("molecules/night.yaml"),
        `molecule: night
vars: { n: { required: true } }
concurrency: { group: nightly }
steps: [{ id: part, molecule: part }]
finally: [{ id: tell, run: "echo {{ status }} >>ends" }]
`,
      );
      const runs = [1, 2, 3].map((n) => run("night", "--var", `n=${n}`));
      const ends = await Promise.all(runs.map(({ ended }) => ended));
      assertEquals(ends.map(({ code }) => code), [0, 0, 0], ends.map(({ text }) => text).join(""));
      const log = await Deno.readTextFile(path("log"));
      assertEquals([isOneByOne(log), log.match(/begin/g)!.length], [true, 3], log);
      assertStringIncludes(await Deno.readTextFile(path("ends")), "succeeded\nsucceeded\nsucceeded\n");
    }));

  it("keeps nobody waiting for the place of the step around them, and lets them work one by one", () =>
    inRepository(async ({ run, path, molecule }) => {
      const inner = (id: string) => `  - { id: ${id}, run: "${work}", concurrency: { group: data } }\n`;
      await molecule("part", inner("one") + inner("two"));
      await molecule(
        "whole",
        `${inner("first")}  - { id: around, molecule: part, concurrency: { group: data } }\n`,
      );
      const { code, text } = await run("whole").ended;
      const log = await Deno.readTextFile(path("log"));
      assertEquals([code, isOneByOne(log), log.match(/begin/g)!.length], [0, true, 3], text + log);
    }));

  it("does not hold up the elements of a fan-out that are in another group", () =>
    inRepository(async ({ run, until, path, molecule, gt }) => {
      await Deno.writeTextFile(path("hold"), "");
      const hold = "touch held; while test -e hold; do sleep 0.02; done";
      await molecule("holder", `  - { id: work, run: "${hold}", concurrency: { group: deploy-a } }\n`);
      await molecule(
        "fan",
        `  - { id: list, run: "echo a b c", outputs: { all: "{{ stdout.trim().split(' ') }}" } }
  - id: deploy
    needs: [list]
    for_each: steps.list.outputs.all
    run: echo {{ item }} >>deployed
    concurrency: { group: "deploy-{{ item }}" }
`,
      );
      const holder = run("holder");
      await until("it holds its group", () => Deno.stat(path("held")).catch(() => undefined));
      const fan = run("fan");
      const deployed = () => Deno.readTextFile(path("deployed")).catch(() => "");
      await until(
        "the others are deployed",
        async () => /b/.test(await deployed()) && /c/.test(await deployed()),
      );
      assertStringIncludes((await gt(["mol", "status", "fan"])).stdout, "waits for group deploy-a");
      await Deno.remove(path("hold"));
      assertEquals([(await holder.ended).code, (await fan.ended).code], [0, 0], fan.text());
      assertEquals((await deployed()).trim().split("\n").sort(), ["a", "b", "c"]);
    }));

  it("ends what is cancelled while it waits, and goes on for the others", () =>
    inRepository(async ({ run, until, path, molecule, gt, json }) => {
      await Deno.writeTextFile(path("hold"), "");
      const hold = "touch held; while test -e hold; do sleep 0.02; done";
      await molecule("holder", `  - { id: work, run: "${hold}", concurrency: { group: data } }\n`);
      await molecule("late", '  - { id: work, run: "echo ran >>ran", concurrency: { group: data } }\n');
      const holder = run("holder");
      await until("it holds its group", () => Deno.stat(path("held")).catch(() => undefined));
      const late = run("late");
      await until("it waits", async () => (await gt(["mol", "status", "late"])).stdout.includes("waits for"));
      await json(["mol", "cancel", "late"]);
      assertEquals((await late.ended).code, 1, late.text());
      await Deno.remove(path("hold"));
      assertEquals((await holder.ended).code, 0);
      assertEquals(await Deno.stat(path("ran")).catch(() => "none"), "none");
    }));
});
