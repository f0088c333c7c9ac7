import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callWords, type Ended, gtWords } from "./program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const MOLECULE = "molecule: m\nsteps:\n  - { id: a, run: make, retry: { attempts: 2, delay: 1h } }\n" +
  "  - { id: b, needs: [a], gate: { type: human, timeout: 2d } }\n";

/** A repository with the molecule `m` and this file of cases for it. */
async function withCases(
  cases: string,
  use: (gt: (...words: string[]) => Promise<Ended>, folder: string) => Promise<void>,
  molecule = MOLECULE,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-mol-cases-" }));
  try {
    await Deno.mkdir(join(folder, "molecules"));
    const file = (name: string) => join(folder, "molecules", name);
    await Deno.writeTextFile(file("m.yaml"), molecule);
    await Deno.writeTextFile(file("m.test.yaml"), cases);
    const env = { HOME: folder, NO_COLOR: "1" };
    await use((...words) => callWords([...gtWords, "mol", ...words], { cwd: folder, env }), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const good = "cases:\n  - name: it is tried again\n    given: { steps: { a: [{ exit: 1 }, {}] } }\n" +
  "    expect: { status: succeeded, took: 1h }\n";
const bad = `${good}  - name: nobody comes\n    given: { steps: { b: { waits: true } } }\n` +
  "    expect: { status: succeeded, steps: { b: { reason: never } } }\n";

describe("gt mol test", () => {
  it("plays the cases of the built-in molecules, all of which hold", async () => {
    const options = { cwd: root, env: { NO_COLOR: "1" } };
    const { code, stdout } = await callWords([...gtWords, "mol", "test", "--json"], options);
    const { passed, failed, files } = JSON.parse(stdout);
    assertEquals([code, failed, files.length], [0, 0, 8]);
    assertEquals(passed >= 8, true);
  });

  it("finds the cases of a molecule by its name, its file, its folder, or by themselves", () =>
    withCases(good, async (gt) => {
      const expected = "molecules/m.test.yaml\n  ✓ it is tried again  1h\n1 case: 1 passed, 0 failed\n";
      for (const words of [[], ["m"], ["molecules/m.yaml"], ["molecules"], ["molecules/m.test.yaml"]]) {
        const { code, stdout } = await gt("test", ...words);
        assertEquals([words, code, stdout], [words, 0, expected]);
      }
      const none = await gt("test", "tdd");
      assertEquals(none.code, 1);
      assertEquals(
        none.stderr,
        'error: Cannot find cases for "tdd": it is built in, and its cases are only in the repository of gt; ' +
          "of yours there is no molecules/tdd.test.yaml\nhint: Write them into molecules/tdd.test.yaml\n",
      );
      assertEquals((await gt("test", "wat")).code, 1);
    }));

  it("waits for a cron line by a clock of its own, in the time zone that it names", async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-mol-cases-" }));
    try {
      const molecule = "molecule: nightly\nsteps:\n" +
        "  - { id: night, gate: { type: cron, schedule: '30 2 * * *', timezone: Europe/Berlin, timeout: 3d } }\n" +
        "  - { id: work, needs: [night], run: make }\n";
      const given = (at: string) => `    given: { at: "${at}", steps: { work: { takes: 10m } } }\n`;
      const expect = (began: string) =>
        `    expect: { status: succeeded, order: [night, work], steps: { work: { began: ${began} } } }\n`;
      const cases = `cases:\n  - name: in winter\n${given("2026-01-10T12:00:00Z")}${expect("13h30m")}` +
        `  - name: in summer\n${given("2026-07-10T12:00:00Z")}${expect("12h30m")}` +
        `  - name: on the night that skips that time\n${given("2026-03-28T12:00:00Z")}${expect("13h")}`;
      await Deno.writeTextFile(join(folder, "nightly.yaml"), molecule);
      await Deno.writeTextFile(join(folder, "nightly.test.yaml"), cases);
      const options = { cwd: folder, env: { HOME: folder, NO_COLOR: "1" } };
      const { code, stdout } = await callWords([...gtWords, "mol", "test", "nightly.yaml"], options);
      assertEquals(stdout.split("\n").at(-2), "3 cases: 3 passed, 0 failed", stdout);
      assertEquals(code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("lets no more steps of a group be at work than it has places", () =>
    withCases(
      "cases:\n  - name: one after the other\n    given: { steps: { a: { takes: 1m }, b: { takes: 1m } } }\n" +
        "    expect: { took: 2m, steps: { b: { began: 1m } } }\n",
      async (gt) => {
        const { code, stdout } = await gt("test");
        assertEquals(code, 0, stdout);
      },
      "molecule: m\nsteps:\n  - { id: a, run: x, concurrency: { group: g1 } }\n  - { id: b, run: x, concurrency: { group: g1 } }\n",
    ));

  it("has files that gt mol lint checks as what they are, beside molecules", () =>
    withCases(good, async (gt, folder) => {
      const both = await gt("lint", "molecules/m.test.yaml", "molecules/m.yaml");
      assertEquals([both.code, both.stdout], [0, ""]);
      assertStringIncludes(both.stderr, "1 molecule, 1 file of cases: nothing to say");
      await Deno.writeTextFile(join(folder, "molecules", "m.test.yaml"), good.replace("expect", "expct"));
      const wrong = await gt("lint", "molecules/m.test.yaml");
      assertEquals(wrong.code, 1);
      assertStringIncludes(
        wrong.stdout,
        'molecules/m.test.yaml:4:5: error unknown-key unknown key "expct" in a case',
      );
      assertEquals(
        JSON.parse((await gt("lint", "molecules/m.test.yaml", "--json")).stdout).problems[0].line,
        4,
      );
      await Deno.writeTextFile(join(folder, "molecules", "m.test.yaml"), `molecule: nowhere\n${good}`);
      assertStringIncludes(
        (await gt("lint", "molecules/m.test.yaml")).stdout,
        'molecules/m.test.yaml:1:11: error unknown-molecule there is no molecule "nowhere"',
      );
    }));

  it("fails with the place of what was expected, for people and for scripts", () =>
    withCases(bad, async (gt) => {
      const { code, stdout } = await gt("test");
      assertEquals([code, stdout.split("\n")], [1, [
        "molecules/m.test.yaml",
        "  ✓ it is tried again  1h",
        "  ✗ nobody comes  2d",
        '    molecules/m.test.yaml:7:23: status: expected succeeded, found failed: "b" failed: nothing opened it within 2d',
        '    molecules/m.test.yaml:7:56: "b": reason: expected a reason with "never", found "nothing opened it within 2d"',
        "2 cases: 1 passed, 1 failed",
        "",
      ]]);
      const json = JSON.parse((await gt("test", "--json")).stdout);
      const [, second] = json.files[0].cases;
      assertEquals([json.passed, json.failed, second.passed, second.problems[0].line], [1, 1, false, 7]);
      assertEquals([second.run.status, second.run.duration_ms, second.run.begun], [
        "failed",
        172_800_000,
        ["a", "b"],
      ]);
    }));

  it("says what failed also when it is to be quiet, and nothing else", () =>
    withCases(bad, async (gt, folder) => {
      const { code, stdout } = await gt("test", "-q");
      assertEquals([code, stdout.split("\n").map((line) => line.split(": ")[0])], [1, [
        "molecules/m.test.yaml",
        "  ✗ nobody comes  2d",
        "    molecules/m.test.yaml:7:23",
        "    molecules/m.test.yaml:7:56",
        "2 cases",
        "",
      ]]);
      await Deno.writeTextFile(join(folder, "molecules", "m.test.yaml"), good);
      assertEquals(await gt("test", "-q"), { code: 0, stdout: "", stderr: "" });
    }));

  it("counts the cases of a file that is wrong as failed, all of them", () =>
    withCases(`${bad}  - name: third\n    expct: {}\n`, async (gt, folder) => {
      const { code, stdout } = await gt("test");
      assertEquals([code, stdout.split("\n").at(-2)], [1, "3 cases: 0 passed, 3 failed; 1 file is wrong"]);
      assertEquals(JSON.parse((await gt("test", "--json")).stdout).failed, 3);
      await Deno.writeTextFile(join(folder, "molecules", "m.test.yaml"), "cases: [\n");
      const none = await gt("test");
      assertEquals([none.code, none.stdout.split("\n").at(-2)], [
        1,
        "0 cases: 0 passed, 0 failed; 1 file is wrong",
      ]);
    }));

  it("refuses what can never be, at its place", () =>
    withCases(
      "cases:\n  - name: x\n    given: { at: '5', vars: { whoo: 1 }, steps: { a: { waits: true, takes: 3s }, b: { fails: heartbeat } } }\n" +
        "    expect: { status: succeeded, order: [a] }\n  - name: y\n    expect: { order: [a, bb] }\n",
      async (gt) => {
        const { code, stdout } = await gt("test");
        assertEquals([code, stdout.split("\n").filter((line) => line.startsWith("    "))], [1, [
          '    molecules/m.test.yaml:3:18: at: expected a moment such as 2026-01-31T09:00:00Z, found "5"',
          '    molecules/m.test.yaml:3:31: vars: there is no variable "whoo"',
          '    molecules/m.test.yaml:3:69: "a" waits, and never ends by itself: "takes" means nothing then',
          '    molecules/m.test.yaml:3:87: "b" is a gate of type human: it fails for one of failed, rejected, timeout, start',
          '    molecules/m.test.yaml:6:26: order: there is no step "bb"; did you mean "b"?',
        ]]);
      },
    ));

  it("says what is wrong with a file of cases, or with its molecule, and plays none", () =>
    withCases("cases:\n  - name: x\n    expct: {}\n", async (gt, folder) => {
      const { code, stdout } = await gt("test");
      assertEquals(code, 1);
      assertStringIncludes(
        stdout,
        'molecules/m.test.yaml:3:5: unknown key "expct" in a case; did you mean "expect"?',
      );
      await Deno.writeTextFile(join(folder, "molecules", "m.test.yaml"), good);
      await Deno.writeTextFile(
        join(folder, "molecules", "m.yaml"),
        "molecule: m\nsteps: [{ id: a, needs: [c] }]\n",
      );
      const broken = await gt("test");
      assertEquals(broken.code, 1);
      assertStringIncludes(broken.stdout, 'molecules/m.yaml:2:26: needs: there is no step "c"');
      const schema = JSON.parse((await gt("schema", "--cases")).stdout);
      assertEquals(schema.required, ["cases"]);
    }));
});
