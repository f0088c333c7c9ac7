import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reasonOf } from "../../../src/git/failure.ts";
import { classifyPush } from "../../../src/git/push.ts";
import { isLocalRemote } from "../../../src/git/remote.ts";
import { isAtLeast } from "../../../src/git/version.ts";

const ref = "refs/heads/main";

function said(line: string, stderr = "", code = 1) {
  return { code, stdout: `To somewhere\n${line}\nDone\n`, stderr, timedOut: false };
}

describe("the answer to a push", () => {
  it("is told from the line about the branch", () => {
    const cases: [string, string][] = [
      [` \tabc:${ref}\t1..2`, "pushed"],
      [`=\tabc:${ref}\t[up to date]`, "pushed"],
      [`*\tabc:${ref}\t[new branch]`, "pushed"],
      [`-\t:${ref}\t[deleted]`, "pushed"],
      [`!\tabc:${ref}\t[rejected] (stale info)`, "stale"],
      [`!\tabc:${ref}\t[rejected] (fetch first)`, "stale"],
      [`!\tabc:${ref}\t[remote rejected] (cannot lock ref '${ref}': is at 1 but expected 2)`, "stale"],
      [`!\tabc:${ref}\t[remote rejected] (protected branch hook declined)`, "rejected"],
      [` \tabc:${ref}-other\t1..2`, "unreachable"],
    ];
    for (const [line, kind] of cases) assertEquals(classifyPush(said(line), ref).kind, kind, line);
  });

  it("carries the remote's own words", () => {
    const stderr = "remote: error: GH006\nremote: needs review   \nremote: \nerror: failed to push\n";
    assertEquals(
      classifyPush(said(`!\tabc:${ref}\t[remote rejected] (protected branch hook declined)`, stderr), ref),
      { kind: "rejected", reason: "protected branch hook declined; error: GH006; needs review" },
    );
  });
});

describe("the reason of a failure", () => {
  it("is what git said, without the noise", () => {
    const stderr = "warning: x\nhint: y\nfatal: it is broken\n";
    assertEquals(reasonOf({ code: 128, stdout: "", stderr, timedOut: false }), "it is broken");
    assertEquals(reasonOf({ code: 3, stdout: "", stderr: "", timedOut: false }), "exit code 3");
    assertEquals(reasonOf({ code: undefined, stdout: "", stderr, timedOut: true }), "it took too long");
  });
});

describe("a remote", () => {
  it("is local when it is a path or a file URL", () => {
    const cases: [string, boolean][] = [
      ["/a/b c", true],
      ["../x", true],
      ["file:///a", true],
      ["./a:b", true],
      ["host:path", false],
      ["git@host:/path", false],
      ["ssh://host/path", false],
      ["https://host/path", false],
    ];
    for (const [url, local] of cases) assertEquals(isLocalRemote(url), local, url);
  });
});

describe("a version", () => {
  it("is compared number by number", () => {
    assertEquals(["2.38", "2.38.0", "2.100.1", "3"].map((version) => isAtLeast(version, "2.38")), [
      true,
      true,
      true,
      true,
    ]);
    assertEquals(["2.37.9", "1.99", "0"].map((version) => isAtLeast(version, "2.38")), [false, false, false]);
  });
});
