import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { plainValue, valueAt, type YamlNode } from "../../../../src/molecules/source/node.ts";
import { readSource } from "../../../../src/molecules/source/read_source.ts";
import { readSimple } from "../../../../src/molecules/source/simple_yaml.ts";
import { readWhole } from "../../../../src/molecules/source/whole_yaml.ts";

const keys = ["a", "b", "run", "'q k'", "a-b", "1", "a b", "-k", '"x"', "<<", "", "?k", "a.b/c", "k:"];
const scalars = [
  ..."a|1|1.10|true|~||'it''s'|-|?|:|,|0o17|0x1F|1e3|.5|5.|+1|null|Null|nULL|<<|\"|'|a 'b'|a  ".split("|"),
  ...[
    "|",
    "|-",
    "|+",
    "| # c",
    "|2",
    ">",
    ">-",
    ">+",
    "x # c",
    "x#c",
    "a: b",
    "a:b",
    "http://x",
    "-1",
    "- 1",
    "-x",
    "*a",
  ],
  ...["&b c", "!t x", "{{ x }}", "'{{ x }}'", "a {{ x }} b", "%a", "@a", "`a", "? b", ": c", "a,b", "# only"],
  ...[
    '"a\\n\\u0041b"',
    "[a, b]",
    "[]",
    "{}",
    "{ a: 1, b: [c, {d: e}] }",
    "{a: }",
    "{ a }",
    "[a: b]",
    "[a,",
    "b]",
  ],
  ...[
    "{ a: 'x', 'b': \"y\" }",
    "{a:b}",
    "[a,b]",
    '{"a":1}',
    "[a, # c",
    "[\"x\" , 'y']",
    "{ a: b, }",
    "[a,,b]",
  ],
];
const indents = ["", "", "", " ", "  ", "  ", "    ", "      "];
const some = (values: readonly string[]) => fc.constantFrom(...values);
const line = fc.oneof(
  fc.tuple(some(indents), some(keys), some([": ", ":", " : ", ":  "]), some(scalars)),
  fc.tuple(some(indents), some(["- ", "-", "- - "]), some(scalars)),
  fc.tuple(some(indents), fc.constant("- "), some(keys), fc.constant(": "), some(scalars)),
  fc.tuple(some(["", "  ", "      "]), some(["# c", "", "text text", "\ttab"])),
).map((parts) => parts.join(""));
const starts = ["", "", "", "---\n", "# c\n\n--- \n", " # c\n---\n", "--- a\n"];
const document = fc.tuple(some(starts), fc.array(line, { minLength: 1, maxLength: 8 }), some(["\n", ""]))
  .map(([start, lines, end]) => start + lines.join("\n") + end);

/** What was read, with the place of all but blocks and what is empty, which have no single one. */
function shape(node: YamlNode): unknown {
  if (node.kind === "list") return [node.start, node.items.map(shape)];
  if (node.kind === "map") {
    return [node.start, node.entries.map((e) => [e.key, e.start, e.end, shape(e.value)])];
  }
  const { value, text, style, start, end } = node;
  return text === "" || style === "literal" || style === "folded"
    ? [value, text]
    : [value, text, style, start, end];
}

describe("the simple reader of YAML", () => {
  it("reads what it reads as the library does, each place included", () => {
    let read = 0;
    fc.assert(
      fc.property(document, (text) => {
        const simple = readSimple(text);
        if (!simple) return;
        read++;
        const whole = readWhole(text);
        assertEquals(whole.problems, []);
        assertEquals(shape(simple), shape(whole.node!));
      }),
      { numRuns: 8_000, seed: 7 },
    );
    assertEquals(read > 300, true, `only ${read} texts were simple`);
  });

  it("reads every built-in molecule", async () => {
    const { builtinMolecules } = await import("../../../../src/molecules/builtin.ts");
    for (const [name, text] of Object.entries(builtinMolecules)) {
      assertEquals([name, !!readSimple(text)], [name, true]);
    }
  });

  it("leaves everything else to the library", () => {
    for (
      const text of [
        "a: >\n  b\n    c",
        "a: b\n  c",
        "a: &x b",
        "---\na: b\n---\n",
        "%YAML 1.2\n---\na: b",
        "a: 'b\n  c'",
        "a: b\r\n",
        "\ta: b",
        "{{ a }}: b",
      ]
    ) {
      assertEquals(readSimple(text), undefined, text);
    }
  });
});

describe("a source", () => {
  it("gives the same whichever reader was used", async () => {
    for (const text of ["a: [1, {b: c}]\nd: |\n  e\n", "a: >\n  b\n  c\nd: [\n  1 ]\n"]) {
      const { top } = await readSource(text);
      assertEquals(plainValue(top!), plainValue(readWhole(text).node!));
    }
  });

  it("has the same values and places with the ends of lines of other systems", async () => {
    const text = "--- \n# c\na: |\n  one\n  two\nb:\n  - 'x'\n  - y  # d\nc: 1: 2\n";
    for (const lines of [text, text.replace("c: 1: 2", "c: 1")]) {
      const [one, other] = [await readSource(lines), await readSource(lines.replaceAll("\n", "\r\n"))];
      assertEquals(other.problems, one.problems);
      const placed = ({ top, placeAt }: typeof one) =>
        top && [plainValue(top), placeAt(valueAt(top, "b")!.start), placeAt(valueAt(top, "c")!.start)];
      assertEquals(placed(other), placed(one));
      assertEquals(one.top === undefined, lines === text);
    }
  });
});
