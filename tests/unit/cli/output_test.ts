import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createOutput } from "../../../src/cli/output.ts";
import { createTestTerminal } from "../../../src/ports/terminal.ts";

function printed(json: boolean, print: (out: ReturnType<typeof createOutput>) => void): string[] {
  const terminal = createTestTerminal();
  print(createOutput(terminal, { json, quiet: false }));
  return terminal.output;
}

describe("a list of results", () => {
  it("is printed as the same text, whether it is there as a whole or made one after the other", () => {
    const lists: unknown[][] = [
      [],
      [1],
      ["two\nlines", null],
      [{ a: [1, { b: [] }], c: {} }, [], { text: 'a "quoted" \\n' }],
    ];
    for (const list of lists) {
      assertEquals(
        printed(true, (out) => out.results(list.values())).join(""),
        printed(true, (out) => out.result(list)).join(""),
      );
    }
    assertEquals(printed(false, (out) => out.results([1])), []);
  });

  it("drives no terminal, and neither does a single one", () => {
    for (
      const print of [
        (out: ReturnType<typeof createOutput>) => out.results(["\x9b2J"]),
        (out: ReturnType<typeof createOutput>) => out.result(["\x9b2J"]),
        (out: ReturnType<typeof createOutput>) => out.event({ title: "\x9b2J" }),
      ]
    ) assertStringIncludes(printed(true, print).join(""), '"\\u009b2J"');
  });

  it("is written while it is made, in pieces of some size", () => {
    const made: number[] = [];
    const terminal = createTestTerminal();
    function* values(): Generator<string> {
      for (let at = 0; at < 10; at++) {
        made.push(terminal.output.length);
        yield "x".repeat(40_000);
      }
    }
    createOutput(terminal, { json: true, quiet: false }).results(values());
    assertEquals(made, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    assertEquals(JSON.parse(terminal.output.join("")).length, 10);
  });
});
