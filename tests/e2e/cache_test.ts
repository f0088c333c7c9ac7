import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";
import type { Answer } from "./town_fixture.ts";

const BUILD = `molecule: build
vars: { mode: debug }
steps:
  - id: compile
    run: |
      echo ran >>runs
      echo "{{ vars.mode }}"; cat src/* >&2
    env: { MODE: "{{ vars.mode }}" }
    outputs: { mode: "{{ stdout.trim() }}", all: "{{ stderr }}" }
    cache: { key: one, paths: [src, missing] }
  - { id: use, needs: [compile], run: "echo {{ steps.compile.outputs.mode }}" }
`;

async function inRepository(use: (at: TestRepository & { runs(): number }) => Promise<void>): Promise<void> {
  const repository = await createTestRepository();
  try {
    await Deno.mkdir(join(repository.folder, "src"));
    await Deno.writeTextFile(join(repository.folder, "src", "a.txt"), "a\n");
    await repository.molecule("build", BUILD);
    await use({ ...repository, runs: () => repository.counts("runs").ran ?? 0 });
  } finally {
    await repository.end();
  }
}

const run = async ({ gt }: TestRepository, ...words: string[]): Promise<Answer> => {
  const { stdout, stderr } = await gt(["mol", "run", "build", "--json", ...words]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
};

const entries = ({ folder }: TestRepository) => {
  const kept = join(folder, ".beads", "local", "steps");
  return [...Deno.readDirSync(kept)].map(({ name }) => join(kept, name));
};

describe("a command with a cache", () => {
  it("is not run again with the same inputs; its outputs and what it printed are those of before, and it says so", () =>
    inRepository(async (at) => {
      const first = await run(at);
      const second = await run(at);
      assertEquals(at.runs(), 1);
      const [one, two] = [first.steps[0], second.steps[0]];
      assertEquals([one.cached, two.cached], [undefined, `${first.id}/compile/1`]);
      assertEquals([two.status, two.exit_code, two.outputs], ["succeeded", 0, { mode: "debug", all: "a\n" }]);
      assertEquals(second.steps[1].status, "succeeded");
      const remark = `compile [0-9.]+s  cached, from ${first.id}/compile/1`;
      const { stdout } = await at.gt(["mol", "logs", second.id]);
      assertMatch(stdout, new RegExp(`✓ ${remark}\n +│ debug\n +│ a\n`));
      const tree = (await at.gt(["mol", "status", second.id])).stdout;
      assertStringIncludes(tree, `cached, from ${first.id}/compile/1`);
      const shown = (await at.gt(["mol", "run", "build"])).stdout;
      assertMatch(shown, new RegExp(`✓ ${remark}`));
      const lines = (await at.gt(["mol", "logs", second.id, "--json"])).stdout.trim().split("\n");
      const told = lines.map((line) => JSON.parse(line)).find((line) => line.cached !== undefined);
      assertEquals([told.step, told.cached, told.printed], ["compile", `${first.id}/compile/1`, [
        "debug",
        "a",
      ]]);
      assertEquals(at.runs(), 1);
    }));

  it("is run again once anything that it is given is another: a file, a path that is there now, a text, a value", () =>
    inRepository(async (at) => {
      await run(at);
      const change: Record<string, () => Promise<unknown>> = {
        "a file": () => Deno.writeTextFile(join(at.folder, "src", "a.txt"), "b\n"),
        "another file": () => Deno.writeTextFile(join(at.folder, "src", "b.txt"), ""),
        "another name": () => Deno.rename(join(at.folder, "src", "b.txt"), join(at.folder, "src", "c.txt")),
        "what may be run": () => Deno.chmod(join(at.folder, "src", "c.txt"), 0o755),
        "a path": () => Deno.writeTextFile(join(at.folder, "missing"), ""),
        "its key": () => at.molecule("build", BUILD.replace("key: one", "key: two")),
        "its env": () => at.molecule("build", BUILD.replace("MODE:", "MODUS:")),
        "its command": () => at.molecule("build", BUILD.replace("cat src/*", "cat src/* src/*")),
      };
      let expected = 1;
      for (const [what, make] of Object.entries(change)) {
        await make();
        await run(at);
        await run(at);
        assertEquals([what, at.runs()], [what, ++expected]);
      }
      await run(at, "--var", "mode=release");
      assertEquals(at.runs(), ++expected);
    }));

  it("is run all the same with --no-cache, and where what was kept is broken; a failure is not kept", () =>
    inRepository(async (at) => {
      await run(at);
      assertEquals((await run(at, "--no-cache")).steps[0].cached, undefined);
      assertEquals(at.runs(), 2);
      assertEquals((await run(at)).steps[0].outputs.mode, "debug");
      assertEquals(at.runs(), 2);
      for (
        const broken of ["", "{", '{"sum":"","result":{}}', (text: string) => text.replace("debug", "debag")]
      ) {
        for (const path of entries(at)) {
          const text = Deno.readTextFileSync(path);
          Deno.writeTextFileSync(path, typeof broken === "string" ? broken : broken(text));
        }
        const before = at.runs();
        const { steps: [step] } = await run(at);
        assertEquals([step.cached, step.outputs.mode, at.runs()], [undefined, "debug", before + 1]);
      }
      await at.molecule("build", BUILD.replace("cat src/* >&2", "cat src/* >&2; test -e ok"));
      const before = at.runs();
      assertEquals([(await run(at)).status, (await run(at)).status], ["failed", "failed"]);
      assertEquals(at.runs(), before + 2);
    }));

  it("is not kept when what it reads has changed while it ran, which its log says", () =>
    inRepository(async (at) => {
      await at.molecule("build", BUILD.replace("echo ran >>runs", "echo ran >>runs; echo x >>src/a.txt"));
      await run(at);
      const again = await run(at);
      assertEquals([at.runs(), again.steps[0].cached], [2, undefined]);
      assertStringIncludes(
        (await at.gt(["mol", "logs", again.id, "compile"])).stdout,
        "[not kept for later runs: what its paths hold has changed while it ran]",
      );
    }));

  it("is kept by the driver that follows one that was killed while the command ran", () =>
    inRepository(async (at) => {
      const file = join(at.folder, "hold");
      await Deno.writeTextFile(file, "");
      const hold = "echo ran >>runs; while test -e hold; do sleep 0.02; done";
      await at.molecule("build", BUILD.replace("echo ran >>runs", hold));
      const going = at.begin(["mol", "run", "build"]);
      await at.holds("runs", "ran");
      going.kill("SIGKILL");
      await going.ended;
      await Deno.remove(file);
      const first = await run(at);
      const second = await run(at);
      assertEquals([at.runs(), second.steps[0].cached], [1, `${first.id}/compile/1`]);
    }));

  it("is taken by the driver that follows one that was killed before it could say so", () =>
    inRepository(async (at) => {
      const first = await run(at);
      const env = { GT_FAULT: `mol.after-end:${join(at.folder, "killed")}` };
      await at.gt(["mol", "run", "build"], { env });
      assertEquals(at.read("killed"), "");
      const second = await run(at);
      assertEquals([second.steps[0].attempt, second.steps[0].outputs.mode], [1, "debug"]);
      assertEquals([at.runs(), second.steps[0].cached], [1, `${first.id}/compile/1`]);
    }));

  it("keeps nothing of a secret", () =>
    inRepository(async (at) => {
      const text = BUILD.replace('echo "{{', 'echo "$TOKEN {{').replace(
        "cache:",
        "secrets: [TOKEN]\n    cache:",
      );
      await at.molecule("build", text);
      const call = () => at.gt(["mol", "run", "build", "--json"], { env: { TOKEN: "hush-hush" } });
      await call();
      const { steps: [step] } = JSON.parse((await call()).stdout);
      assertEquals([at.runs(), step.outputs.mode], [1, "*** debug"]);
      for (const path of entries(at)) assertEquals(Deno.readTextFileSync(path).includes("hush-hush"), false);
    }));
});
