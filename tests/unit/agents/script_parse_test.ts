import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseScript } from "../../../src/agents/script/parse.ts";
import { keepBoth } from "../../../src/agents/script/conflict.ts";
import { CommandError } from "../../../src/lib/errors.ts";

const everything = `first:
  - edit: { path: a.txt, content: one }
  - edit: { path: a.txt, append: two }
  - edit: { path: a.txt, replace: { from: one, to: 1 one } }
  - conflict: a.txt
  - run: npm test
  - run: { command: npm run lint, may_fail: true }
  - commit: Add a
  - wait: 1s500ms
  - wait: 20
  - wait: { file: go }
  - merge
  - merge: { take: theirs }
  - ask: Which one?
  - ignore-hook
  - type-half-a-line: hm
  - crash
  - hang: true
  - fail: no idea
  - step: implement
  - steps
  - no-code: nothing to do
  - done
rework:
  - done: true
nudged: [done]
`;

const broken: [text: string, where: string][] = [
  ["- run: ls\n- edti: x", 's.yaml:2:3: unknown action "edti"'],
  ["- run: ls\n- edit: { path: a, contents: x }", 's.yaml:2:20: unknown key "contents"'],
  ["- edit: { content: x }", "s.yaml:1:3: edit needs a path"],
  ["- edit: { path: x }", "s.yaml:1:3: edit needs content"],
  ["first:\n  - done\nlater:\n  - done", 's.yaml:3:1: unknown occasion "later"'],
  ["rework:\n  - done", 's.yaml:1:1: expected a list "first"'],
  ["first: done", "s.yaml:1:8: expected a list of actions"],
  ["- wait: soon", "s.yaml:1:3: wait needs a duration"],
  ["- merge: { take: mine }", "s.yaml:1:3: merge takes both, ours or theirs"],
  ["- run: ls\n  commit: x", "s.yaml:1:3: expected one action"],
  ["- [done]", "s.yaml:1:3: expected one action"],
  ["- run:", "s.yaml:1:3: expected text"],
  ["just text", "s.yaml:1:1: expected a list of actions, or a map of lists"],
  ["", "s.yaml:1:1: expected a list of actions, or a map of lists"],
  ["- run: 'open", "s.yaml:1:"],
];

describe("a script", () => {
  it("is a list of actions by occasion", () => {
    const script = parseScript(everything, "s.yaml");
    const kinds = script.first.map(({ kind }) => kind);
    assertEquals(new Set(kinds).size, 16);
    assertEquals(script.first[0], {
      at: { line: 2, column: 5 },
      kind: "edit",
      path: "a.txt",
      content: "one\n",
    });
    assertEquals(script.first[7], { at: { line: 9, column: 5 }, kind: "wait", ms: 1_500 });
    assertEquals([script.rework?.length, script.nudged?.length, script.resumed], [1, 1, undefined]);
  });

  for (const [text, where] of broken) {
    it(`is refused as ${where}`, () => {
      assertThrows(() => parseScript(text, "s.yaml"), CommandError, where);
    });
  }

  it("says what was probably meant", () => {
    const error = assertThrows(() => parseScript("- edti: x", "s.yaml")) as CommandError;
    assertEquals(error.hints[0], "did you mean edit?");
  });
});

describe("keepBoth", () => {
  it("keeps ours, then theirs, and drops the marks and the ancestor", () => {
    const text = "a\n<<<<<<< HEAD\nours\n||||||| base\nold\n=======\ntheirs\n>>>>>>> main\nz\n";
    assertEquals(keepBoth(text), "a\nours\ntheirs\nz\n");
    assertEquals(keepBoth("a\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> main\n"), "a\nours\ntheirs\n");
    assertEquals(keepBoth("=======\nno conflict\n"), "=======\nno conflict\n");
  });
});
