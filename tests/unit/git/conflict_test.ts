import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { excerptConflicts } from "../../../src/git/conflict.ts";

const marked = ["<<<<<<< ours", "left", "||||||| base", "old", "=======", "right", ">>>>>>> theirs"];

describe("an excerpt of conflicts", () => {
  it("shows each marked place with lines around it and its line number", () => {
    const text = ["1", "2", "3", ...marked, "11", "12", "13"].join("\n");
    const excerpt = excerptConflicts(text, { context: 1, maxLines: 50 });
    assertEquals(excerpt, ["@@ line 3", "3", ...marked, "11"].join("\n"));
  });

  it("stops at its limit and says how much is left", () => {
    const excerpt = excerptConflicts(marked.join("\n"), { context: 3, maxLines: 2 });
    assertEquals(excerpt, "@@ line 1\n<<<<<<< ours\nleft\n… 5 more lines");
  });

  it("is empty without conflicts", () => {
    assertEquals(excerptConflicts("=======\nplain\n", { context: 3, maxLines: 9 }), "");
  });
});
