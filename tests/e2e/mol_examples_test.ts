import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { Definition, StepDefinition } from "../../src/molecules/definition.ts";
import { builtinMolecules } from "../../src/molecules/builtin.ts";
import { definitionOf } from "../unit/molecules/language_fixture.ts";
import { bd, callWords, type Ended, gtWords } from "./program.ts";

const page = Deno.readTextFileSync(new URL("../../docs/molecules.md", import.meta.url));
const examples = [...page.matchAll(/```yaml\n(molecule: ([a-z-]+)\n[^`]*)```/g)]
  .map(([, text, name]) => ({ name: name!, text: text! }));

/** What the commands of the examples call. */
const programs: Readonly<Record<string, string>> = {
  "bin/make": 'echo "make $*"',
  "bin/curl": "echo '{}' > data.json",
  "scripts/state": 'if test -e seen; then echo "done"; else touch seen; echo soon; fi',
  "scripts/import": "test -s data.json && mkdir -p out && cp data.json out",
  "scripts/undo": "exit 1",
  "scripts/migrate": "true",
  "tools/scripts/upload": 'test "$1" = 2 && test "$UPLOAD_TOKEN" = hush && cat',
};

/** The steps whose conditions do not hold. */
const skipped: Readonly<Record<string, readonly string[]>> = {
  variables: ["clean"],
  careful: ["undo", "tell"],
};

type Call = (...words: string[]) => Promise<Ended>;

async function inRepository(use: (gt: Call, bd: Call) => Promise<void>) {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-mol-examples-" }));
  try {
    for (const part of [".git", "bin", "scripts", "tools/scripts", "docs", "packages/api", "packages/web"]) {
      await Deno.mkdir(join(folder, part), { recursive: true });
    }
    for (const [path, text] of Object.entries(programs)) {
      await Deno.writeTextFile(join(folder, path), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    for (const file of ["docs/one.md", "docs/two.md"]) await Deno.writeTextFile(join(folder, file), "");
    for (const [, text, name] of page.matchAll(/```yaml\n(# ([a-z-]+)\.test\.yaml\n[^`]*)```/g)) {
      await Deno.writeTextFile(join(folder, `${name}.test.yaml`), text!);
    }
    for (const { name, text } of examples) await Deno.writeTextFile(join(folder, `${name}.yaml`), text);
    const env = {
      HOME: folder,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      PATH: `${join(folder, "bin")}:${Deno.env.get("PATH")}`,
      UPLOAD_TOKEN: "hush",
    };
    await use(
      (...words) => callWords([...gtWords, ...words], { cwd: folder, env }),
      (...words) => bd(words, { cwd: folder, env }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether it runs to its end with nobody there. */
function needsNobody({ steps, onFailure, finally: last }: Definition): boolean {
  return [...steps, ...onFailure, ...last].every(({ action }: StepDefinition) =>
    action.kind === "run" ||
    (action.kind === "gate" && ["timer", "command"].includes(action.gate.condition.type))
  );
}

describe("the examples of docs/molecules.md", () => {
  it("are in order, all of them", () =>
    inRepository(async (gt) => {
      const { code, stdout, stderr } = await gt("mol", "lint", ".");
      assertEquals([code, stdout, stderr], [
        0,
        "",
        `${examples.length} molecules, 1 file of cases: nothing to say\n`,
      ]);
    }));

  it("have cases that hold", () =>
    inRepository(async (gt) => {
      const { code, stdout } = await gt("mol", "test", ".");
      assertEquals(code, 0, stdout);
      const shown = /```text\n(careful\.test\.yaml\n[^`]*)```/.exec(page)![1];
      assertEquals(stdout, shown);
    }));

  it("do not run again what has a cache, once it leaves its paths as they were", () =>
    inRepository(async (gt) => {
      const cached: boolean[] = [];
      for (let count = 0; count < 3; count++) {
        const { steps: [step] } = JSON.parse((await gt("mol", "run", "cached.yaml", "--json")).stdout);
        assertEquals(step.outputs, { last: "make compile" });
        cached.push(step.cached !== undefined);
      }
      assertEquals(cached, [false, false, true]);
    }));

  it("run to their end where they need nobody, and do what the page says", () =>
    inRepository(async (gt, bd) => {
      await gt("mol", "run", "cached.yaml");
      const bead: string = JSON.parse((await bd("create", "A bead", "--json")).stdout).id;
      const [ran, refused]: string[][] = [[], []];
      for (const { name, text } of examples) {
        if (!needsNobody(await definitionOf(text, builtinMolecules))) continue;
        const words = text.includes("bead.") ? ["--bead", bead] : [];
        const { code, stdout, stderr } = await gt("mol", "run", `${name}.yaml`, "--json", ...words);
        const answer = JSON.parse(stdout === "" ? stderr : stdout);
        if (answer.error?.code === "not_run") {
          refused!.push(name);
          continue;
        }
        assertEquals([name, code, answer.status, code === 0 ? "" : stderr], [name, 0, "succeeded", ""]);
        const other = answer.steps.filter(({ status }: { status: string }) => status !== "succeeded");
        assertEquals([name, other.map(({ id }: { id: string }) => id)], [name, skipped[name] ?? []]);
        ran!.push(name);
      }
      assertEquals(refused!.length, 0);
      assertEquals(ran!, [
        "variables",
        "commands",
        "wait-for-it",
        "order",
        "many",
        "careful",
        "bounded",
        "cached",
        "budgeted",
        "about-a-bead",
      ]);
    }));
});
