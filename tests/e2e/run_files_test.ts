import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { inRepository } from "./repository_fixture.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

describe("the files of runs", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  /** What is kept in `.beads/runs`, or one of its folders. */
  const kept = (...folder: string[]): string[] =>
    [...Deno.readDirSync(join(repository.folder, ".beads", "runs", ...folder))].map(({ name }) => name)
      .sort();

  const idOf = async (name: string): Promise<string> =>
    JSON.parse((await repository.gt(["mol", "status", name, "--json"])).stdout).id;

  it("are as many as commands at a time, however many there were", async () => {
    await repository.molecule(
      "many",
      `molecule: many
steps:
  - { id: told, for_each: '[1, 2, 3]', stdin: 'hunter2 {{ item }}', secrets: [TOKEN], run: cat }
  - { id: plain, needs: [told], stdin: plain, run: cat; cat /dev/stdin >/dev/null }
  - { id: cached, needs: [plain], cache: { key: a }, run: echo cached }
  - { id: bad, needs: [cached], cache: { key: b }, stdin: bad, allow_failure: true, run: exit 3 }
  - { id: nowhere, needs: [bad], stdin: nowhere, allow_failure: true, run: cat, cwd: nowhere }
`,
    );
    const { code, stdout } = await repository.gt(["mol", "run", "many", "-j", "1"], {
      env: { TOKEN: "hunter2" },
    });
    assertEquals(code, 0, stdout);
    const id = await idOf("many");
    assertEquals(
      kept(id).filter((name) => !/^(driver|lane-[01]\.(log|record|record\.code))$/.test(name)),
      [],
    );
    const { stdout: log } = await repository.gt(["mol", "logs", id]);
    for (const line of ["│ *** 1", "│ *** 3", "│ plain", "│ cached"]) assertStringIncludes(log, line);
  });

  it("are used again once what a command has left running has ended, which is shown for no other", async () => {
    const command =
      `if test -e left; then touch go; until test -e gone; do sleep 0.01; done; rm go gone; fi; touch left; ` +
      `{ until test -e go; do sleep 0.01; done; echo late; touch gone; } & echo began`;
    await repository.molecule(
      "leaves",
      `molecule: leaves\nsteps:\n  - { id: one, for_each: '[1, 2, 3, 4, 5, 6, 7, 8]', run: '${command}' }\n`,
    );
    const { code, stdout } = await repository.gt(["mol", "run", "leaves", "-j", "1"]);
    await Deno.writeTextFile(join(repository.folder, "go"), "");
    await repository.holds("gone", "");
    assertEquals(code, 0, stdout);
    const id = await idOf("leaves");
    const lanes = kept(id).filter((name) => name.endsWith(".record"));
    assertEquals(lanes.length < 5, true, lanes.join(" "));
    const { stdout: log } = await repository.gt(["mol", "logs", id]);
    assertEquals([log.match(/│ began/g)?.length, log.match(/│ late/g)?.length], [8, undefined], log);
  });

  it("are no other step's while a command has left somebody running that ended when nobody drove its run", () =>
    inRepository(async ({ molecule, run, until, path, json }) => {
      const exists = (name: string) => Deno.stat(path(name)).then(() => true, () => false);
      await molecule(
        "leaves",
        `  - id: one
    run: |
      { while test -e left; do echo late; sleep 0.02; done; } &
      touch began
      while test -e hold; do sleep 0.02; done
    outputs: { said: "{{ size(stdout) }}" }
  - id: two
    needs: [one]
    run: for i in 1 2 3 4 5 6 7 8 9; do sleep 0.05; done; echo own
    outputs: { said: "{{ stdout }}" }
`,
      );
      for (const name of ["left", "hold"]) await Deno.writeTextFile(path(name), "");
      const first = run("leaves");
      await until("it works", () => exists("began"));
      first.kill();
      await first.ended;
      await Deno.remove(path("hold"));
      const { id } = await json(["mol", "status", "leaves"]);
      const record = path(`.beads/runs/${id}/lane-0.record`);
      await until("it has ended", async () => (await Deno.readTextFile(record)).includes("exit one.1 0\n"));
      const { code, text } = await run("leaves").ended;
      await Deno.remove(path("left"));
      assertEquals(code, 0, text);
      const { steps } = await json(["mol", "status", "leaves"]);
      assertEquals(steps[1].outputs, { said: "own\n" });
    }));

  it("go when their run is burned or deleted", async () => {
    await repository.molecule("once", "molecule: once\nsteps:\n  - { id: only, run: echo one }\n");
    for (const name of ["one", "two", "three", "four"]) {
      assertEquals((await repository.gt(["mol", "run", "once"])).code, 0, name);
    }
    const [stays, ...go] = kept();
    await repository.bd(["mol", "burn", go[0]!]);
    await repository.bd(["delete", go[1]!]);
    assertEquals(kept(), [stays, ...go]);
    assertEquals((await repository.bd(["mol", "burn", go[0]!, "--yes"])).code, 0);
    assertEquals(kept(), [stays, ...go.slice(1)]);
    assertEquals((await repository.bd(["delete", go[1]!, "--force"])).code, 0);
    assertEquals(kept(), [stays, go[2]]);
    await Deno.writeTextFile(join(repository.folder, "lines"), `delete ${go[2]} --force`);
    assertEquals((await repository.bd(["batch", "lines"])).code, 0);
    assertEquals(kept(), [stays]);
    assertStringIncludes((await repository.gt(["mol", "logs", stays!])).stdout, "│ one");
  });
});
