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
      await Deno.writeTextFile(path, AUTH.replace("[app-form, app-api]", "[app-api]"));
      const told = await town.must(["convoy", "plan", path]);
      assertStringIncludes(told.stdout + told.stderr, "bd dep remove app-both app-form");
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

  it("is told of everything in one pass: names also where keys are wrong and beads wait for each other", () =>
    inTown(async (town, path) => {
      await Deno.writeTextFile(
        path,
        [
          "name: Auth",
          "rig: ap",
          "watchers: [nobody]",
          "beads:",
          "  - { id: app-form, titel: Form, molecule: tddd }",
          "  - { id: app-api, title: Server, agent: scirpt, deps: [app-both, app-none] }",
          "  - { id: app-both, title: Both, deps: [app-api] }",
          "  - { id: app-x, title: X, deps: [app-y] }",
          "  - { id: app-y, title: Y, deps: [app-y, app-x] }",
          "",
        ].join("\n"),
      );
      const lint = await town.gt(["convoy", "lint", path]);
      assertEquals(lint.code, 1);
      const rules = lint.stdout.trimEnd().split("\n").map((line) =>
        line.slice(path.length + 1).replace(/^(\S+): error (\S+).*$/, "$1 $2")
      );
      assertEquals(rules, [
        "2:6 unknown-rig",
        "3:12 address",
        "5:21 unknown-key",
        "5:44 unknown-molecule",
        "6:42 unknown-agent",
        "6:57 cycle",
        "6:67 unknown-bead",
        "8:35 cycle",
        "9:35 cycle",
      ]);
    }));

  it("is refused for molecules that no bead can be worked by, before anything is written", () =>
    inTown(async (town, path) => {
      const own = "molecule: own\nvars: { who: { required: true }, jobs: { default: 1 } }\n" +
        "steps:\n  - { id: a, title: 'For {{ who }}' }\n";
      await Deno.writeTextFile(join(town.folder, "molecules", "own.yaml"), own);
      const text = AUTH.replace("title: Form", "title: Form, molecule: own, vars: { jobs: many, whom: x }")
        .replace("molecule: tdd", "molecule: code-review");
      await Deno.writeTextFile(path, text);
      const lint = await town.gt(["convoy", "lint", path]);
      assertEquals(
        lint.stdout.replaceAll(path, "F").replace(/\d+ parts/, "N parts"),
        [
          'F:4:44: error variable Cannot use molecule "own": its variable "who" has no value',
          'F:4:63: error variable Cannot use molecule "own": "many" is no value of its variable "jobs"',
          'F:4:75: error variable Cannot use molecule "own": it has no variable "whom"',
          'F:5:45: error molecule Cannot work a bead by molecule "code-review": N parts are for a program',
          "",
        ].join("\n"),
      );
      for (const words of [["plan"], ["apply"], ["apply", "--launch"], ["launch"]]) {
        const called = await town.gt(["convoy", ...words, path]);
        assertEquals([words, called.code], [words, 1]);
        assertStringIncludes(called.stderr, "auth.yaml:5:45: Cannot work a bead by molecule");
      }
      assertEquals(await town.json(["convoy", "list", "--all"]), []);
      const right = text.replace("jobs: many, whom: x", "who: ann, jobs: '2'").replace("code-review", "own")
        .replace("beads:", "molecule: own\nvars: { who: bob }\nbeads:").replace(", molecule: own }", " }");
      await Deno.writeTextFile(path, right);
      assertEquals((await town.gt(["convoy", "lint", path])).stdout, "");
      await town.must(["convoy", "launch", path]);
      const steps = await town.json(["bd", "show", "app-form.1", "app-api.1", "app-both.1"]);
      assertEquals(steps.map(({ title }: { title: string }) => title), ["For ann", "For bob", "For bob"]);
    }));

  it("is not applied when it could not be launched: beads are named that have no rig, or no use of theirs", () =>
    inTown(async (town, path) => {
      const text = "name: Auth\nbeads:\n  - { id: app-one, title: One }\n  - { id: zz-two, title: Two }\n";
      await Deno.writeTextFile(path, text);
      for (const words of [["launch"], ["apply", "--launch"]]) {
        const homeless = await town.gt(["convoy", ...words, path]);
        assertEquals(homeless.code, 1);
        assertMatch(homeless.stderr, /^error: Cannot launch "hq-cv-auth": no rig is known for zz-two\n/);
        assertStringIncludes(homeless.stderr, `hint: gt convoy launch '${path}' --rig RIG\n`);
      }
      assertEquals(await town.json(["convoy", "list", "--all"]), []);

      await Deno.writeTextFile(path, text.replace("title: Two", "title: Two, rig: app, molecule: tdd"));
      await town.must(["convoy", "apply", path]);
      // What was a checklist when the convoy was applied is none any more.
      const gate = "molecule: tdd\nsteps:\n  - { id: a, gate: { type: human } }\n";
      await Deno.writeTextFile(join(town.folder, "molecules", "tdd.yaml"), gate);
      const refused = await town.gt(["convoy", "launch", "auth"]);
      assertEquals(refused.code, 1);
      assertMatch(
        refused.stderr,
        /^error: Cannot launch "hq-cv-auth": zz-two: cannot work a bead by molecule "tdd": /,
      );
      const state = await town.json(["convoy", "show", "auth"]);
      assertEquals(state.beads.map(({ standing }: { standing: string }) => standing), ["open", "open"]);
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
      assertEquals([sarif.results[0].ruleId, sarif.tool.driver.rules.length], ["unknown-key", 14]);
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
