import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { closestWord } from "../../../src/lib/closest_word.ts";

describe("the word that was meant", () => {
  const known = ["list", "lint", "Status", "stats", "graph"];
  const cases: [word: string, meant: string | undefined][] = [
    ["lsit", "list"],
    ["lint", "lint"],
    ["STATUS", "Status"],
    ["gra", "graph"],
    ["gr", undefined],
    ["resume", undefined],
    ["", undefined],
  ];
  for (const [word, meant] of cases) {
    it(`is ${meant ?? "none"} for "${word}"`, () => assertEquals(closestWord(word, known), meant));
  }

  it("is none where nothing is known", () => assertEquals(closestWord("list", []), undefined));
});
