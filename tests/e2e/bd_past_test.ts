import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Bench, benchAt, inFolders, inLedger } from "./bd_fixture.ts";

const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

/** The newest operation of a bead, by the name that `--since` and `--as-of` take. */
async function lastOperation({ json }: Bench, id: string): Promise<string> {
  return (await json(["history", id])).at(-1).o;
}

describe("bd, looking back", () => {
  it("shows a bead as it was, by operation, by time and by revision of git", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "work");
      const { bd, json, refusal, git } = bench;
      await git(["init", "-q", "-b", "main"]);
      await bd(["init", "-p", "cs"]);
      await bd(["create", "First title", "--id", "cs-one", "-l", "old", "-d", "before"]);
      await bd(["create", "Other", "--id", "cs-other"]);
      await bd(["dep", "add", "cs-one", "cs-other"]);
      const then = await lastOperation(bench, "cs-one");
      await git(["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]);
      await bd(["update", "cs-one", "--title", "Second", "-d", "after", "--set-labels", "new", "-p", "0"]);
      await bd(["dep", "remove", "cs-one", "cs-other"]);
      await bd(["comment", "cs-one", "later"]);
      await bd(["close", "cs-one"]);
      const [old] = await json(["show", "cs-one", "--as-of", then]);
      assertEquals([old.title, old.description, old.labels, old.priority, old.status, old.comment_count], [
        "First title",
        "before",
        ["old"],
        2,
        "open",
        0,
      ]);
      assertEquals(ids(old.dependencies), ["cs-other"]);
      assertEquals((await json(["show", "cs-one", "--as-of", "HEAD"]))[0].id, "cs-one");
      assertEquals((await json(["show", "cs-one", "--as-of", "now"]))[0].title, "Second");
      assertStringIncludes((await bd(["show", "cs-one", "--as-of", then])).stdout, "First title");
      assertEquals((await refusal(["show", "cs-one", "--as-of", "2d"])).code, "not_yet");
      assertEquals((await refusal(["show", "cs-one", "--as-of", "no-such-tag"])).code, "bad_moment");
      await bd(["delete", "cs-one", "--force"]);
      assertEquals((await json(["show", "cs-one", "--as-of", then]))[0].title, "First title");
    }));

  it("tells what changed since a moment, and what no remote has yet", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "work");
      const { bd, json, git } = bench;
      await git(["init", "-q", "--bare", join(root, "remote.git")]);
      await git(["init", "-q"]);
      await git(["remote", "add", "origin", "../remote.git"]);
      await bd(["init", "-p", "cs"]);
      for (const id of ["cs-a", "cs-b", "cs-c"]) await bd(["create", id, "--id", id, "-l", "old"]);
      assertEquals(ids(await json(["diff"])), ["cs-a", "cs-b", "cs-c"]);
      await bd(["sync"]);
      assertEquals(await json(["diff"]), []);
      assertEquals((await bd(["diff"])).stdout, "Nothing that the next bd sync would give away\n");
      const since = await lastOperation(bench, "cs-c");
      await bd(["create", "New", "--id", "cs-new"]);
      await bd(["update", "cs-a", "--title", "Better", "--remove-label", "old", "--add-label", "fresh"]);
      await bd(["dep", "add", "cs-a", "cs-new"]);
      await bd(["comment", "cs-a", "said"]);
      await bd(["delete", "cs-b", "--force"]);
      const found = await json(["diff", "--since", since]);
      assertEquals(found.map((each: { id: string; change: string }) => [each.change, each.id]), [
        ["created", "cs-new"],
        ["changed", "cs-a"],
        ["deleted", "cs-b"],
      ]);
      const { fields, labels, dependencies, comments } = found[1];
      assertEquals(fields, { title: { from: "cs-a", to: "Better" } });
      assertEquals(labels, { added: ["fresh"], removed: ["old"] });
      assertEquals(dependencies, { added: [{ depends_on_id: "cs-new", type: "blocks" }], removed: [] });
      assertEquals(comments.map((comment: { text: string }) => comment.text), ["said"]);
      assertEquals(await json(["diff"]), found);
      const { stdout } = await bd(["diff", "cs-a"]);
      assertStringIncludes(stdout, "~ cs-a Better\n  - title: cs-a\n  + title: Better\n  - label old\n");
      assertEquals((await bd(["diff", "--stat"])).stdout.split("\n").length, 5);
      await bd(["update", "cs-c", "-p", "1"]);
      await bd(["update", "cs-c", "-p", "2"]);
      assertEquals(await json(["diff", "cs-c"]), []);
    }));

  it("takes texts out of closed beads, and puts them back as they were", () =>
    inLedger(async ({ bd, json, refusal }) => {
      const text = `First paragraph.\n\n${"word ".repeat(300)}`.trim();
      await bd(["create", "Long", "--id", "cs-long", "-d", text, "--notes", "a note", "--design", "plain"]);
      await bd(["update", "cs-long", "--append-notes", "and more"]);
      assertEquals((await refusal(["compact", "cs-long"])).code, "not_closed");
      await bd(["close", "cs-long"]);
      const [before] = await json(["show", "cs-long"]);
      assertEquals((await json(["compact"])).count, 0);
      const preview = await json(["compact", "cs-long"]);
      assertEquals([preview.dry_run, preview.compacted[0].id], [true, "cs-long"]);
      assertEquals((await json(["show", "cs-long"]))[0], before);
      const done = await json(["compact", "--closed-before", "now", "--apply"]);
      assertEquals([done.count, done.characters_saved > 1_000], [1, true]);
      const [short] = await json(["show", "cs-long"]);
      assertEquals([short.compaction_level, short.notes, short.updated_at], [
        1,
        undefined,
        before.updated_at,
      ]);
      assertStringIncludes(short.description, "First paragraph.\n\n(compacted from ");
      assertEquals((await json(["compact", "cs-long", "--apply"])).count, 0);
      const history: { o: string; f: { set?: { compaction_level?: number } } }[] = await json([
        "history",
        "cs-long",
      ]);
      const at = history.findIndex(({ f }) => f.set?.compaction_level === 1);
      const [then] = await json(["show", "cs-long", "--as-of", history[at - 1]!.o]);
      assertEquals([then.description, then.notes], [before.description, "a note\nand more"]);
      await bd(["compact", "--restore", "cs-long"]);
      const [after] = await json(["show", "cs-long"]);
      assertEquals(after, before);
      assertEquals((await refusal(["compact", "--restore", "cs-long"])).code, "not_compacted");
      assertEquals((await json(["doctor"])).ok, true);
    }));
});
