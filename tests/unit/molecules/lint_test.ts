import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { RULES } from "../../../src/molecules/language/problem.ts";
import { problemsOf } from "./language_fixture.ts";
import { expressionHabits, insertionHabits } from "./expression_habits.ts";
import { lintCases } from "./lint_cases.ts";

/** A molecule with variables of several types, whose last step `b` goes on in line 9. */
const frame =
  "molecule: m\nvars: { x: a, n: 1, on: true, l: { default: [a, b] }, d: { type: number, default: 2 } }\nsteps:\n  - id: first-one\n" +
  '    run: date\n    outputs: { out: "{{ stdout }}" }\n  - id: b\n    needs: [first-one]\n';

describe("the linter", () => {
  for (const { name, text, others, problems } of lintCases) {
    it(`finds ${name}`, async () => assertEquals(await problemsOf(text, others), problems));
  }

  for (const [source, problem] of expressionHabits) {
    it(`says of the condition ${source} what to write`, async () => {
      const found = await problemsOf(`${frame}    run: y\n    when: |\n      ${source}\n`);
      assertEquals(found.filter((each) => !each.includes("?unused")), [
        `11:${problem.replace("in _", `in "${source}"`)}`,
      ]);
    });
  }

  for (const [text, problem] of insertionHabits) {
    it(`says of ${text} what to write`, async () => {
      const found = await problemsOf(`${frame}    run: |\n      echo     ${text}\n`);
      assertEquals(found.filter((each) => !each.includes("?unused")), [`10:${problem}`]);
    });
  }

  it("has a case for each of its rules", () => {
    const seen = new Set(
      lintCases.flatMap(({ problems }) => problems.map((problem) => /:\d+ \??([a-z-]+) /.exec(problem)![1])),
    );
    const elsewhere = ["size", "name", "unreadable"];
    assertEquals(Object.keys(RULES).filter((rule) => !seen.has(rule) && !elsewhere.includes(rule)), []);
  });

  it("says that a file is too large without reading it", async () => {
    const text = "molecule: m\n" + "#".repeat(10_000_000);
    assertEquals(await problemsOf(text), ["1:1 size it has more than 2000000 characters, and is not read"]);
  });

  it("is not lost in a billion laughs, nor in a thousand brackets", async () => {
    const laughs = ["a: &a [ha, ha]"];
    for (let level = 1; level < 20; level++) {
      const [name, last] = ["abcdefghijklmnopqrst"[level], "abcdefghijklmnopqrst"[level - 1]];
      laughs.push(`${name}: &${name} [${Array(10).fill(`*${last}`).join(", ")}]`);
    }
    const found = await problemsOf(laughs.join("\n"));
    assertEquals(found.length, 20);
    assertEquals(found[0], "1:4 yaml an anchor (&a) is not read here");
    assertEquals(await problemsOf("[".repeat(100_000)), ["1:1 yaml it is nested too deeply"]);
    assertEquals((await problemsOf(`a: ${"{ a: ".repeat(5_000)}`))[0]?.slice(0, 9), "1:1 yaml ");
  });

  it("stops where a file has very many problems, and shows no more than the beginning of a long one", async () => {
    const steps = Array.from(
      { length: 2000 },
      (_, at) => `  - { id: s${at}, nedes: [${"x".repeat(900)}] }\n`,
    );
    const found = await problemsOf(`molecule: m\nsteps:\n${steps.join("")}`);
    assertEquals(found.length, 501);
    assertEquals(found[0], "1:1 size there are 500 problems; what else there is was not looked for");
    const long = await problemsOf(`molecule: m\nsteps: [{ id: a, ${"x".repeat(100_000)}: 1 }]\n`);
    assertEquals(long.map((problem) => problem.length < 500), [true]);
    const when = await problemsOf(`molecule: m\nsteps: [{ id: a, when: '${"true && ".repeat(1000)}' }]\n`);
    assertEquals(when.map((problem) => problem.length < 500), [true]);
    const ring = Array.from({ length: 100 }, (_, at) => `{ id: s${at}, needs: [s${(at + 1) % 100}] }`);
    assertEquals(await problemsOf(`molecule: m\nsteps: [${ring.join(",\n ")}]\n`), [
      '2:15 cycle needs: "s0" waits for itself: s0 → s1 → s2 → s3 → s4 → s5 → s6 → s7 → s8 → s9 → … 89 more … → s99 → s0',
    ]);
  });

  it("does not take in parts without end, nor weave steps without end", async () => {
    const parts = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [
        `p${at}`,
        `molecule: p${at}\n${at < 29 ? `include: [p${at + 1}, p${at + 1}]\n` : ""}steps: [{ id: s${at} }]\n`,
      ]),
    );
    const found = await problemsOf("molecule: m\ninclude: [p0]\nsteps: [{ id: a }]\n", parts);
    assertEquals(found.map((problem) => problem.replace(/^.*? (?=size)/, "")), [
      "size more than 100 other molecules are taken in",
    ]);
    const steps = Array.from({ length: 600 }, (_, at) => `{ id: s${at} }`);
    const aspects = Array.from({ length: 20 }, (_, at) => `{ match: '*', after: [{ id: t${at} }] }`);
    assertEquals(
      await problemsOf(`molecule: m\nsteps: [${steps}]\naspects:\n  [${aspects}]\n`),
      ["4:558 size with its aspects it has more than 10000 steps"],
    );
    const match = `molecule: m\nsteps: [{ id: ${"a".repeat(60)}b }]\naspects:\n` +
      `  - { match: '${"*a".repeat(30)}c', before: [{ id: x }] }\n`;
    assertEquals((await problemsOf(match)).map((problem) => problem.slice(0, 37)), [
      "4:14 composition match: no step is ca",
    ]);
  });

  it("takes names that JavaScript has for other things as any others", async () => {
    const own =
      "molecule: m\nvars: { constructor: x }\nsteps:\n  - { id: constructor, run: 'x {{ constructor }}' }\n" +
      "  - { id: b, needs: [constructor], run: 'x {{ steps.toString.status }} {{ vars.valueOf }}', hasOwn: 1 }\n";
    assertEquals(await problemsOf(own), [
      '5:47 unknown-step there is no step "toString"; known are constructor, b',
      '5:75 unknown-variable there is no variable "valueOf"; known are constructor',
      '5:93 unknown-key unknown key "hasOwn" in a step',
    ]);
    for (
      const text of ["steps: [{ id: a, __proto__: { run: x } }]\n", "steps:\n  - id: a\n    __proto__: x\n"]
    ) {
      assertEquals(
        (await problemsOf(`molecule: m\n${text}`)).map((problem) => problem.replace(/^\S+ /, "")),
        ['yaml "__proto__" is not read as a key'],
      );
    }
  });

  it("reads two thousand steps in a row, and finds the last mistake of them", async () => {
    const steps = Array.from(
      { length: 2000 },
      (_, at) => `  - { id: s${at}, run: "echo {{ vars.x }}", needs: [${at === 0 ? "" : `s${at - 1}`}] }`,
    );
    const text = `molecule: m\nvars: { x: 1 }\nsteps:\n${steps.join("\n")}\n`;
    assertEquals(await problemsOf(text), []);
    assertEquals(await problemsOf(`${text}  - { id: last, needs: [s2000] }\n`), [
      '2004:25 unknown-need needs: there is no step "s2000"; did you mean "s200"?',
    ]);
  });
});
