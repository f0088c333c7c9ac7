import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { sha256 } from "../../../../../src/ledger/hash.ts";
import { cacheKey } from "../../../../../src/molecules/engine/commands/cache_key.ts";
import { languageFor } from "../../../../../src/molecules/engine/steps/language.ts";
import { keepResult, keptResult } from "../../../../../src/molecules/engine/commands/step_cache.ts";
import { createPorts } from "../../../../../src/ports/ports.ts";
import { definitionOf } from "../../machine/definitions.ts";

const ports = createPorts(["gt"], "gt");

async function inFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gt-cache-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The key of a command in a folder that reads these paths. */
async function keyOf(folder: string, paths: readonly string[], stop = () => false): Promise<string> {
  const definition = definitionOf({
    steps: [{ id: "a", cache: { key: { text: "" }, paths: paths.map((text) => ({ text })) } }],
  });
  const order = { open: { begun: { folder: "." } }, step: { definition: definition.steps[0] }, scope: {} };
  const deps = { ports, language: await languageFor(definition), folder };
  const found = await cacheKey(deps, { order: order as never, apart: false, stop });
  return found === undefined ? "stopped" : "key" in found ? found.key : found.why;
}

describe("what a command is given", () => {
  it("is the same in another place, and whatever git and the ledger do", () =>
    inFolder(async (folder) => {
      for (const place of ["one", "two"]) {
        await Deno.mkdir(join(folder, place, "src", "deep"), { recursive: true });
        await Deno.writeTextFile(join(folder, place, "src", "deep", "file"), "text");
        await Deno.symlink("deep/file", join(folder, place, "src", "link"));
      }
      const [one, two] = [join(folder, "one"), join(folder, "two")];
      const key = await keyOf(one, ["src"]);
      for (const name of [".git", ".beads"]) {
        await Deno.mkdir(join(two, "src", name));
        await Deno.writeTextFile(join(two, "src", name, "state"), name);
      }
      assertEquals(await keyOf(two, ["src"]), key);
      assertEquals(await keyOf(two, ["src/deep/.."]), key);
    }));

  it("is another for an empty folder than for none, and for a link that leads elsewhere", () =>
    inFolder(async (folder) => {
      const keys = [await keyOf(folder, ["a"])];
      await Deno.mkdir(join(folder, "a"));
      keys.push(await keyOf(folder, ["a"]));
      await Deno.writeTextFile(join(folder, "one"), "1");
      await Deno.writeTextFile(join(folder, "two"), "1");
      for (const target of ["../one", "../two", "../none", "."]) {
        await Deno.remove(join(folder, "a", "link")).catch(() => {});
        await Deno.symlink(target, join(folder, "a", "link"));
        keys.push(await keyOf(folder, ["a"]));
      }
      await Deno.writeTextFile(join(folder, "one"), "2");
      assertEquals(new Set(keys).size, keys.length);
    }));

  it("is not asked for once nobody waits any more, and a pipe does not hold it up", () =>
    inFolder(async (folder) => {
      await new Deno.Command("mkfifo", { args: [join(folder, "pipe")] }).output();
      assertEquals((await keyOf(folder, ["pipe"])).length, 64);
      assertEquals(await keyOf(folder, ["."], () => true), "stopped");
    }));

  it("is read piece by piece, to the same sum", () =>
    inFolder(async (folder) => {
      const path = join(folder, "big");
      for (const length of [0, 1, 256 * 1024, 700_001]) {
        await Deno.writeTextFile(path, "x".repeat(length));
        assertEquals(await ports.files.hash(path), sha256("x".repeat(length)));
      }
      assertEquals(await ports.files.hash(join(folder, "none")), undefined);
    }));
});

describe("what is kept of commands", () => {
  const result = { from: "r/a/1", output: "x".repeat(1_000), log: "" };

  it("is bounded in number and in bytes, and what was kept last is there", () =>
    inFolder((folder) => {
      const deps = { files: ports.files, ledger: { folder } };
      const left = () => ports.files.list(join(folder, "local", "steps")).length;
      for (let number = 0; number < 30; number++) {
        keepResult(deps, { key: `k${number}`, result, most: { entries: 10, bytes: 1_000_000 } });
        assertEquals(keptResult(deps, `k${number}`), result);
      }
      assertEquals(left(), 10);
      keepResult(deps, { key: "last", result, most: { entries: 10, bytes: 4_500 } });
      assert(left() <= 4 && left() > 1, `${left()} are left`);
      assertEquals(keptResult(deps, "last"), result);
    }));

  it("is nothing where it cannot be written", () =>
    inFolder((folder) => {
      Deno.writeTextFileSync(join(folder, "local"), "in the way");
      const deps = { files: ports.files, ledger: { folder } };
      keepResult(deps, { key: "k", result });
      assertEquals(keptResult(deps, "k"), undefined);
    }));
});
