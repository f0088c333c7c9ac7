import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type ScalarNode, valueAt } from "../../../../src/molecules/source/node.ts";
import { offsetsWithin } from "../../../../src/molecules/source/offsets_within.ts";
import { readSource } from "../../../../src/molecules/source/read_source.ts";
import { escapeAt } from "../../../../src/molecules/source/scalars.ts";

/** A value that holds `{{ 1 }}`, as it is written, and the place of its 1. */
const written: readonly [name: string, text: string, place: string][] = [
  ["without quotes", "a: x {{ 1 }}\n", "1:9"],
  ["over two lines", "a: x\n  y {{\n    1 }}\n", "3:5"],
  ["in quotes, behind an escape", `a: "q \\n\\u0041\\U0001F600 {{ 1 }}"\n`, "1:29"],
  ["in quotes, behind two of them", "a: 'it''s ''{{ 1 }}'''\n", "1:16"],
  ["in quotes that go on", "a: 'b\n\n  c {{ 1 }}'\n", "3:8"],
  ["in quotes whose line goes on", 'a: "b \\\n   \\  c {{ 1 }}"\n', "2:12"],
  ["as lines", "a: |\n\n  one\n    {{ 1 }}\n", "4:8"],
  ["as lines with a mark of their indentation", "a: |2\n    one\n    {{ 1 }}\n", "3:8"],
  ["as lines whose ends are kept", "a: |+ # c\n  {{\n    1 }}\n\n", "3:5"],
  ["as lines that are joined", "a: >-\n  one\n\n  two\n  {{ 1 }}\n", "5:6"],
  ["as lines that are joined, some further in", "a: >2\n  one\n    two\n  {{ 1 }}\n", "4:6"],
  ["with other ends of lines", "a: |\r\n  one\r\n  {{ 1 }}\r\n", "3:6"],
];

describe("the places of the characters of a text", () => {
  for (const [name, text, place] of written) {
    it(`are found where it is written ${name}`, async () => {
      const { top, placeAt, text: read } = await readSource(text);
      const node = valueAt(top, "a") as ScalarNode;
      const { line, column } = placeAt(offsetsWithin(read, node).at(node.text.lastIndexOf("1")));
      assertEquals(`${line}:${column}`, place);
    });
  }

  it("go up, and hold the characters, however it is written", async () => {
    const word = fc.constantFrom(
      "a",
      "bc",
      "{{",
      "}}",
      "''",
      "x",
      "\\\\",
      "\\t",
      '\\"',
      "\\x41",
      "é",
      "😀",
      ":",
      " ",
    );
    const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(""));
    const lines = fc.array(line, { minLength: 1, maxLength: 5 });
    const style = fc.constantFrom("", "'", '"', "|", ">", "|-", ">+", "|2", ">2");
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(lines, style, async (lines, style) => {
        const isBlock = /[|>]/.test(style);
        const inner = lines.join(isBlock ? "\n  " : "\n    ");
        const text = isBlock ? `a: ${style}\n  ${inner}\n` : `a: ${style}${inner}${style}\n`;
        const { top } = await readSource(text);
        const node = valueAt(top, "a");
        if (node?.kind !== "scalar") return;
        const offsets = offsetsWithin(text, node);
        let before = -1;
        for (let index = 0; index < node.text.length; index++) {
          if (/\s/.test(node.text[index]!)) continue;
          const at = offsets.at(index);
          const isEscape = node.style === "double" && text[at] === "\\";
          assertEquals((isEscape ? escapeAt(text, at)!.value : text[at]!)[0], node.text[index], text);
          assertEquals(at > before, true, text);
          before = at;
          checked++;
        }
      }),
      { numRuns: 3_000, seed: 5 },
    );
    assertEquals(checked > 5_000, true, `only ${checked} characters were looked at`);
  });
});
