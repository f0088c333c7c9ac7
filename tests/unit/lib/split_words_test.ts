import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { quoteWords } from "../../../src/lib/quote_words.ts";
import { splitWords } from "../../../src/lib/split_words.ts";

describe("splitWords", () => {
  it("reads words as a shell does", () => {
    const cases: [line: string, words: string[] | undefined][] = [
      ["", []],
      ["  a  b\t", ["a", "b"]],
      [`a 'b c' "d e"`, ["a", "b c", "d e"]],
      [`a'b'"c"d`, ["abcd"]],
      [`'' ""`, ["", ""]],
      [`"two\\nlines" "a \\"b\\" \\\\ \\x"`, ["two\nlines", `a "b" \\ \\x`]],
      [`'no \\n here'`, ["no \\n here"]],
      ["a\\ b \\'", ["a b", "'"]],
      ["a # rest", ["a"]],
      ["a#b #c", ["a#b"]],
      [`'open`, undefined],
      [`"open\\"`, undefined],
    ];
    for (const [line, words] of cases) assertEquals([line, splitWords(line)], [line, words]);
  });

  it("reads back what quoteWords writes, on one line", () => {
    const word = fc.string().filter((text) => !/[\n\r]/.test(text));
    fc.assert(fc.property(fc.array(word), (words) => {
      assertEquals(splitWords(quoteWords(words)), words);
    }));
  });
});
