import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { callWords, gtWords } from "./program.ts";
import { createTestTown, type TestTown } from "./town_fixture.ts";

async function inTown(use: (town: TestTown, path: string) => Promise<void>): Promise<void> {
  const town = await createTestTown();
  try {
    await use(town, join(town.root, "auth.yaml"));
  } finally {
    await town.end();
  }
}

const AUTH = [
  "name: Auth",
  "rig: app",
  "beads:",
  "  - { id: app-form, title: Form }",
  "  - { id: app-api, title: Server, molecule: tdd }",
  "  - { id: app-both, title: Both, deps: [app-form, app-api] }",
  "",
].join("\n");

interface Wave {
  id: string;
}
const apart = (waves: Wave[][]) => waves.map((beads) => beads.map(({ id }) => id));

describe("a convoy's file", () => {
  it("is planned, launched in waves, and then as it should be", () =>
    inTown(async (town, path) => {
      await Deno.writeTextFile(path, AUTH);
      const plan = await town.json(["convoy", "plan", path]);
      assertEquals([plan.convoy, plan.changes.length], ["hq-cv-auth", 9]);
      assertEquals(apart(plan.waves), [["app-form", "app-api"], ["app-both"]]);
      const shown = (await town.must(["convoy", "plan", path])).stdout;
      assertMatch(
        shown,
        /create bead app-form Form[\s\S]*Wave 1\n {2}app-form Form {2}app\n {2}app-api Server {2}app, tdd\nWave 2\n/,
      );
      assertEquals(await town.json(["convoy", "list", "--all"]), []);
      const launched = await town.json(["convoy", "launch", path]);
      assertEquals([launched.changes, launched.slung], [plan.changes, ["app-form", "app-api", "app-both"]]);
      assertEquals(apart(launched.waves), apart(plan.waves));
      const steps = await town.json(["--as", "bd", "mol", "current", "app-api"]);
      assertEquals(steps[0].molecule, "tdd");
      const again = await town.json(["convoy", "launch", path]);
      assertEquals([again.changes, again.slung], [[], []]);
      assertEquals((await town.json(["convoy", "plan", path])).changes, []);
      const state = await town.json(["convoy", "show", "auth"]);
      assertEquals(state.beads.map(({ standing }: { standing: string }) => standing), [
        "hooked",
        "hooked",
        "blocked",
      ]);
    }));

  it("is checked against the town: nothing is written or slung for a name that it does not have", () =>
    inTown(async (town, path) => {
      await Deno.writeTextFile(
        path,
        AUTH.replace("molecule: tdd", "molecule: tddd, agent: scirpt").replace("rig: app", "rig: ap"),
      );
      const lint = await town.gt(["convoy", "lint", path]);
      assertEquals(lint.code, 1);
      assertEquals(
        lint.stdout.replaceAll(path, "F"),
        [
          'F:2:6: error unknown-rig there is no rig "ap"; did you mean "app"?',
          'F:5:45: error unknown-molecule there is no molecule "tddd"; did you mean "tdd"?',
          'F:5:58: error unknown-agent there is no agent "scirpt"; did you mean "script"?',
          "",
        ].join("\n"),
      );
      for (const command of ["plan", "apply", "launch"]) {
        const called = await town.gt(["convoy", command, path]);
        assertEquals([command, called.code], [command, 1]);
        assertStringIncludes(called.stderr, "auth.yaml:2:6: there is no rig");
      }
      assertEquals(await town.json(["convoy", "list", "--all"]), []);
      await Deno.writeTextFile(path, AUTH);
      assertEquals((await town.gt(["convoy", "lint", path])).code, 0);
      await town.must(["convoy", "apply", path]);
      const refused = await town.gt(["convoy", "launch", "auth", "--agent", "nobody"]);
      assertEquals(refused.code, 1);
      assertMatch(refused.stderr, /nobody/);
      const state = await town.json(["convoy", "show", "auth"]);
      assertEquals(state.beads.map(({ standing }: { standing: string }) => standing), [
        "open",
        "open",
        "blocked",
      ]);
    }));

  it("is checked outside of a town as well, in every format, and described for editors", async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-convoys-" }));
    try {
      const gt = (words: readonly string[], stdin?: string) =>
        callWords([...gtWords, "convoy", ...words], {
          cwd: folder,
          env: { HOME: folder, NO_COLOR: "1" },
          ...(stdin === undefined ? {} : { stdin }),
        });
      await Deno.mkdir(join(folder, "convoys"));
      await Deno.writeTextFile(join(folder, "convoys", "good.yaml"), AUTH);
      await Deno.writeTextFile(
        join(folder, "convoys", "bad.yaml"),
        AUTH.replace("title: Form", "titel: Form"),
      );
      const text = await gt(["lint"]);
      assertEquals([text.code, text.stdout], [
        1,
        'convoys/bad.yaml:4:21: error unknown-key unknown key "titel"; did you mean "title"?\n',
      ]);
      assertEquals(text.stderr, "2 files: 1 error\n");
      const github = (await gt(["lint", "convoys", "--format", "github"])).stdout;
      assertMatch(github, /^::error file=convoys\/bad\.yaml,line=4,col=21,title=unknown-key::unknown key/);
      const sarif = JSON.parse((await gt(["lint", "convoys", "--format", "sarif"])).stdout).runs[0];
      assertEquals([sarif.results[0].ruleId, sarif.tool.driver.rules.length], ["unknown-key", 12]);
      const json = JSON.parse(
        (await gt(["lint", "-", "--json"], "name: X\nbeads: [cs-a]\nrigg: a\n")).stdout,
      );
      assertEquals([json.errors, json.problems[0].line, json.problems[0].column], [1, 3, 1]);
      const schema = JSON.parse((await gt(["schema"])).stdout);
      assertEquals(schema.required, ["name", "beads"]);
      assertEquals((await gt(["lint", "nowhere.yaml"])).code, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
