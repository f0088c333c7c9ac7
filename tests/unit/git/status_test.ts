import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseStatus } from "../../../src/git/status.ts";

describe("the status of a worktree", () => {
  it("names the branch, the commit, and each path as it is written", () => {
    const oid = "a".repeat(40);
    const lines = [
      `# branch.oid ${oid}`,
      "# branch.head gt/cs-4f",
      `1 .M N... 100644 100644 100644 ${oid} ${oid} a b/ü.txt`,
      `1 A. N... 000000 100644 100644 ${oid} ${oid} new`,
      `u UU N... 100644 100644 100644 100644 ${oid} ${oid} ${oid} both sides`,
      "? sub dir/",
      "",
    ];
    assertEquals(parseStatus(lines.join("\0")), {
      branch: "gt/cs-4f",
      head: oid,
      entries: [
        { path: "a b/ü.txt", staged: ".", unstaged: "M", conflicted: false },
        { path: "new", staged: "A", unstaged: ".", conflicted: false },
        { path: "both sides", staged: "U", unstaged: "U", conflicted: true },
        { path: "sub dir/", staged: "?", unstaged: "?", conflicted: false },
      ],
    });
  });

  it("has no branch when HEAD is detached, and no commit before the first", () => {
    const text = "# branch.oid (initial)\0# branch.head (detached)\0";
    assertEquals(parseStatus(text), { branch: undefined, head: undefined, entries: [] });
  });
});
