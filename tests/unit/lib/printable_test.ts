import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { displayWidth, shortenTo } from "../../../src/lib/display_width.ts";
import { printable, printableJson, printableText } from "../../../src/lib/printable.ts";

describe("printable text", () => {
  it("shows what would drive a terminal", () => {
    assertEquals(printable("\x1b[2J\x07\x9b1m\x7f"), "\\x1b[2J\\x07\\x9b1m\\x7f");
    assertEquals(printable("left\u202eright\u2066"), "left\\u202eright\\u2066");
  });

  it("is the same value in JSON", () => {
    const value = { title: "\x1b[2J\x9b1m\x7f\u202e é", list: ["\u2066"] };
    const text = printableJson(value)!;
    assertEquals(text, '{"title":"\\u001b[2J\\u009b1m\\u007f\\u202e é","list":["\\u2066"]}');
    assertEquals(JSON.parse(text), value);
  });

  it("stays on one line, or keeps its lines", () => {
    assertEquals(printable("one\r\n  two\tthree\rfour"), "one two three\\x0dfour");
    assertEquals(printableText("one\r\n\ttwo\x1b"), "one\n\ttwo\\x1b");
  });

  it("leaves other letters alone", () => {
    const text = "Größe 日本 👩‍💻 é — ✓";
    assertEquals([printable(text), printableText(text)], [text, text]);
  });
});

describe("the width of text", () => {
  it("is two for ideographs and pictures, none for combining marks", () => {
    assertEquals(["", "abc", "日本", "🚀", "e\u0301", "Größe"].map(displayWidth), [0, 3, 4, 2, 1, 5]);
  });

  it("is kept to by cutting", () => {
    assertEquals([shortenTo("abcdef", 6), shortenTo("abcdefg", 6)], ["abcdef", "abcde…"]);
    assertEquals(shortenTo("日本語", 5), "日本…");
    assertEquals(displayWidth(shortenTo("日本語", 4)) <= 4, true);
  });
});
