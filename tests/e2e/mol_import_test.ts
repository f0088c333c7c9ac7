import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { FORMULAS, inRepository } from "./import_fixture.ts";

describe("gt mol import", () => {
  it("makes molecules of formulas of every type, which pass the linter and can be planned", () =>
    inRepository(async (gt, folder) => {
      const names = [...Deno.readDirSync(FORMULAS)].map(({ name }) => name.replace(".formula.toml", ""))
        .sort();
      for (const name of names) {
        const { code, stderr } = await gt([
          ...["mol", "import", `${name}.formula.toml`, "-o", "molecules"],
          ...(name === "towers" ? ["--var", "disks=2"] : []),
        ]);
        assertEquals([name, code], [name, 0], stderr);
        assertEquals(
          await Deno.stat(join(folder, "molecules", `${name}.yaml`)).then(({ isFile }) => isFile),
          true,
        );
      }
      const lint = await gt(["mol", "lint"]);
      assertEquals([lint.code, lint.stdout.includes("error")], [0, false], lint.stdout);
      const vars = ["--var", "feature=login", "--var", "assignee=me"];
      const plan = await gt(["mol", "plan", "safe-feature", ...vars, "--json"]);
      const order = JSON.parse(plan.stdout).waves.flat();
      assertEquals(order.slice(1, 4), ["implement-prescan", "implement", "implement-postscan"]);
    }));

  it("prints the molecule, says what is a comment only, and what else is needed", () =>
    inRepository(async (gt) => {
      const { code, stdout, stderr } = await gt(["mol", "import", "feature.formula.toml"]);
      assertEquals(code, 0);
      assertMatch(stdout, /^# The long way[\s\S]*\nmolecule: feature\n/);
      assertMatch(stderr, /^feature\.formula\.toml:\d+: steps\.1\.priority: a step has none/m);
      const part = JSON.parse((await gt(["mol", "import", "safe-feature.formula.toml", "--json"])).stdout);
      assertEquals([part.molecule, part.missing], ["safe-feature", ["feature", "scan", "again-and-again"]]);
    }));

  it("refuses what has no translation, with file and line, and writes nothing", () =>
    inRepository(async (gt, folder) => {
      const towers = await gt(["mol", "import", "towers.formula.toml", "-o", "molecules"]);
      assertEquals(towers.code, 1);
      assertMatch(towers.stderr, /towers\.formula\.toml:14: steps\.1\.loop\.range: .*--var disks=VALUE/);
      await Deno.writeTextFile(
        join(folder, "bad.formula.toml"),
        'formula = "bad"\nversion = 1\n[[steps]]\nid = "a"\ntitel = "A"\nneeds = ["b"]\n',
      );
      const bad = await gt(["mol", "import", "bad.formula.toml"]);
      assertEquals([bad.code, bad.stdout], [1, ""]);
      assertStringIncludes(
        bad.stderr,
        'bad.formula.toml:5: steps.0.titel: unknown key "titel"; did you mean "title"?',
      );
      assertStringIncludes(
        bad.stderr,
        'bad.formula.toml:6: steps.0.needs: step "a" needs "b", and there is none',
      );
      await Deno.writeTextFile(join(folder, "no.formula.toml"), "formula = \n");
      assertMatch(
        (await gt(["mol", "import", "no.formula.toml"])).stderr,
        /no\.formula\.toml:1: this is no TOML/,
      );
      assertEquals([...Deno.readDirSync(join(folder, "molecules"))], []);
    }));

  it("does not write over a file, and calls a molecule as its file", () =>
    inRepository(async (gt, folder) => {
      assertEquals(
        (await gt(["mol", "import", "feature.formula.toml", "-o", "molecules/ours.yaml"])).code,
        0,
      );
      const text = await Deno.readTextFile(join(folder, "molecules", "ours.yaml"));
      assertStringIncludes(text, "molecule: ours\n");
      const again = await gt(["mol", "import", "feature.formula.toml", "-o", "molecules/ours.yaml"]);
      assertEquals(again.code, 1);
      assertStringIncludes(again.stderr, "--force");
      const forced = ["mol", "import", "feature.formula.toml", "-o", "molecules/ours.yaml", "--force"];
      assertEquals((await gt(forced)).code, 0);
    }));

  it("writes into a folder that is not there yet, and through a link to one", () =>
    inRepository(async (gt, folder) => {
      await Deno.symlink(join(folder, "new", "place"), join(folder, "link"));
      for (const into of ["new/place", "link"]) {
        const { code, stderr } = await gt(["mol", "import", "scan.formula.toml", "-o", into, "--force"]);
        assertEquals(code, 0, stderr);
        assertEquals((await Deno.lstat(join(folder, "link"))).isSymlink, true);
        assertEquals((await Deno.stat(join(folder, "new", "place", "scan.yaml"))).isFile, true);
      }
    }));

  it("lets no agent of a convoy begin before every group of its inputs is given", () =>
    inRepository(async (gt) => {
      assertEquals((await gt(["mol", "import", "m.formula.toml", "-o", "molecules"])).code, 0);
      const { code, stdout } = await gt(["mol", "test", "m"]);
      assertEquals(code, 0, stdout);
    }, {
      "m.formula.toml":
        'formula = "m"\nversion = 1\ntype = "convoy"\n[inputs.pr]\nrequired_unless = ["branch"]\n[inputs.branch]\n' +
        '[inputs.who]\nrequired_unless = ["team"]\n[inputs.team]\n[[legs]]\nid = "look"\n',
      "molecules/m.test.yaml": "cases:\n  - name: only one of them is given\n" +
        "    given: { vars: { rig: app, who: me }, steps: { given-pr: { exit: 1, takes: 1s } } }\n" +
        "    expect: { status: failed, steps: { given-pr: failed, given-who: skipped, look: { attempts: 0 } } }\n" +
        "  - name: both are given\n    given: { vars: { rig: app, who: me, branch: b } }\n" +
        "    expect: { status: succeeded, steps: { look: succeeded } }\n",
    }));

  it("keeps aspects, of whatever file, from the gates and lists of steps", () =>
    inRepository(async (gt) => {
      for (const name of ["watch", "again-and-again", "m"]) {
        assertEquals((await gt(["mol", "import", `${name}.formula.toml`, "-o", "molecules"])).code, 0);
      }
      const { code, stdout, stderr } = await gt(["mol", "plan", "m", "--json"]);
      assertEquals(code, 0, stderr);
      assertEquals(JSON.parse(stdout).waves.flat(), ["kite-gate", "kite", "kite-look"]);
      assertStringIncludes((await gt(["mol", "plan", "m"])).stdout, "gate: timer 1m30s");
    }, {
      "watch.formula.toml":
        'formula = "watch"\nversion = 1\ntype = "aspect"\n[[advice]]\ntarget = "*"\nafter = { id = "look" }\n',
      "m.formula.toml":
        'formula = "m"\nversion = 1\n[[steps]]\nid = "kite"\ngate = { type = "timer", timeout = "1.5m" }\n[compose]\naspects = ["watch"]\n' +
        '[[compose.map]]\nselect = "k*"\nwith = "again-and-again"\n',
    }));

  it("keeps what a formula means: conditions, order, what must be given, and braces that are text", () =>
    inRepository(async (gt) => {
      const imported = await gt(["mol", "import", "m.formula.toml", "-o", "molecules", "--var", "turns=2"]);
      assertEquals(imported.code, 0, imported.stderr);
      assertMatch(imported.stderr, /m\.formula\.toml:\d+: vars\.turns: .*"2", the only value/);
      const unset = await gt(["mol", "plan", "m"]);
      assertStringIncludes(unset.stderr, 'its variable "who" has no value');
      const other = await gt(["mol", "plan", "m", "--var", "who=me", "--var", "turns=3"]);
      assertStringIncludes(other.stderr, "Expected one of 2");
      const { code, stdout } = await gt(["mol", "test", "m"]);
      assertEquals(code, 0, stdout);
    }, {
      "m.formula.toml":
        'formula = "m"\nversion = 1\n[vars.who]\n[vars]\nfast = "Off"\nturns = "3"\n[vars.kind]\ntype = "number"\ndefault = ""\n' +
        '[[steps]]\nid = "one"\ntitle = "For {{who}} {{#if x}}{{this}}{{else}} {{"\ncondition = "{{fast}}"\n' +
        '[[steps]]\nid = "two"\ncondition = ""\ndescription = "{{kind}}"\n' +
        '[[steps]]\nid = "l"\n[steps.loop]\nrange = "1..{turns}"\n[[steps.loop.body]]\nid = "b"\ntitle = "{{turns}}"\n' +
        '[[advice]]\ntarget = "two"\nafter = { id = "a0" }\naround = { after = [{ id = "a1" }, { id = "a2" }] }\n',
      "molecules/m.test.yaml": "cases:\n  - name: it is as it was\n    given: { vars: { who: me } }\n" +
        "    expect:\n      status: succeeded\n      order: [two, two-a0, two-a1, two-a2]\n" +
        "      steps: { one: skipped, two: succeeded, l-iter2-b: succeeded }\n",
    }));

  it("gives scripts the places of what it refuses, as it does for what it notes", () =>
    inRepository(async (gt) => {
      const { code, stderr } = await gt(["mol", "import", "m.formula.toml", "--json"]);
      const { error } = JSON.parse(stderr);
      assertEquals([code, error.code], [1, "import_refused"]);
      assertEquals(
        error.problems.map(({ file, line, path }: Record<string, unknown>) => [file, line, path]),
        [
          ["m.formula.toml", 5, "steps.0.wrong"],
          ["m.formula.toml", 6, "steps.0.needs"],
        ],
      );
      const one = JSON.parse((await gt(["mol", "import", "n.formula.toml", "--json"])).stderr);
      assertEquals(one.error.problems.map(({ file, line }: Record<string, unknown>) => [file, line]), [[
        "m.formula.toml",
        5,
      ], [
        "m.formula.toml",
        6,
      ]]);
    }, {
      "m.formula.toml": 'formula = "m"\nversion = 1\n[[steps]]\nid = "a"\nwrong = 1\nneeds = ["b"]\n',
      "n.formula.toml": 'formula = "n"\nversion = 1\n[[steps]]\nid = "a"\nexpand = "m"\n',
    }));

  it("writes only into files that the molecule is found in, and to standard output for -", () =>
    inRepository(async (gt, folder) => {
      const before = [...Deno.readDirSync(folder)].length;
      const refused: readonly [output: string, says: string][] = [
        ["molecules/y.yml", "hint: -o molecules/y.yaml"],
        ["A B.yaml", "hint: -o a-b.yaml"],
        ["molecules/y.test.yaml", "hint: -o molecules/y-test.yaml"],
        ["notes.txt", "hint: -o notes.yaml"],
        ["", "names neither a file nor a folder"],
      ];
      for (const [output, says] of refused) {
        const { code, stderr } = await gt(["mol", "import", "scan.formula.toml", "-o", output]);
        assertEquals([output, code], [output, 2]);
        assertStringIncludes(stderr, says);
      }
      const dash = await gt(["mol", "import", "scan.formula.toml", "-o", "-"]);
      assertEquals(dash.code, 0);
      assertStringIncludes(dash.stdout, "molecule: scan\n");
      assertEquals([...Deno.readDirSync(folder)].length, before);
      assertEquals([...Deno.readDirSync(join(folder, "molecules"))], []);
    }));

  it("says what is missing by commands that work from here, and refuses values that nothing reads", () =>
    inRepository(async (gt) => {
      const { stderr } = await gt(["mol", "import", "safe-feature.formula.toml", "-o", "some/where"]);
      const hints = [...stderr.matchAll(/not here yet: gt (.*)/g)].map(([, words]) => words!.split(" "));
      assertEquals(hints.map((words) => words.join(" ")), [
        "mol import feature.formula.toml -o some/where",
        "mol import scan.formula.toml -o some/where",
        "mol import again-and-again.formula.toml -o some/where",
      ]);
      const away = await gt(["mol", "import", "sub dir/child.formula.toml"]);
      assertStringIncludes(away.stderr, "gt mol import 'sub dir/base.formula.toml' -o molecules");
      const unused = await gt(["mol", "import", "scan.formula.toml", "--var", "nosuch=1"]);
      assertEquals(unused.code, 2);
      assertStringIncludes(unused.stderr, 'Cannot use --var "nosuch=1": no range of a loop reads "nosuch"');
      const towers = ["mol", "import", "towers.formula.toml", "--var", "disks=2", "--var", "disk=3"];
      assertStringIncludes((await gt(towers)).stderr, "hint: Ranges read disks");
    }, {
      "sub dir/child.formula.toml":
        'formula = "child"\nversion = 1\nextends = ["base"]\n[[steps]]\nid = "a"\n',
      "sub dir/base.formula.toml": 'formula = "base"\nversion = 1\n[[steps]]\nid = "b"\n',
    }));

  it("is what every command hints at that gets a formula for a molecule", () =>
    inRepository(async (gt) => {
      const bd = (words: readonly string[]) => gt(["--as", "bd", ...words]);
      assertEquals((await bd(["init", "--prefix", "cs"])).code, 0);
      const file = "formula is imported first: gt mol import scan.formula.toml -o molecules";
      for (const words of [["plan"], ["lint"], ["run"], ["show"], ["test"]]) {
        const { code, stdout, stderr } = await gt(["mol", ...words, "scan.formula.toml"]);
        assertEquals([words, code], [words, 1]);
        assertStringIncludes(stdout + stderr, file);
      }
      assertStringIncludes(
        (await bd(["cook", "./scan.formula.toml"])).stderr,
        "gt mol import ./scan.formula.toml",
      );
      for (const words of [["cook", "shiny"], ["mol", "pour", "shiny"]]) {
        const { code, stderr } = await bd(words);
        assertEquals([words, code], [words, 1]);
        assertStringIncludes(stderr, "gt mol import .beads/formulas/shiny.formula.toml -o molecules");
      }
      assertStringIncludes(
        (await gt(["mol", "import", "shiny"])).stderr,
        "gt mol import .beads/formulas/shiny.formula.toml",
      );
      const json = await gt(["mol", "import", "x.formula.json"]);
      assertEquals(json.code, 1);
      assertStringIncludes(json.stderr, "formulas in JSON are not read, only in TOML");
      assertStringIncludes(
        (await gt(["mol", "plan", "nowhere.formula.toml"])).stderr,
        "there is no such file",
      );
      const [, hinted] = /(gt mol import .*)$/m.exec((await bd(["cook", "shiny"])).stderr)!;
      assertEquals((await gt(hinted!.split(" ").slice(1))).code, 0);
      assertEquals((await bd(["cook", "shiny"])).code, 0);
    }, {
      ".beads/formulas/shiny.formula.toml": 'formula = "shiny"\nversion = 1\n[[steps]]\nid = "a"\n',
      "x.formula.json": "{}",
    }));
});
