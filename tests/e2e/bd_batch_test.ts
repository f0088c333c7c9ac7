import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { inLedger } from "./bd_fixture.ts";

describe("bd batch", () => {
  it("runs every kind of command as one change, and lets lines name what others made", () =>
    inLedger(async ({ bd, json, folder }) => {
      const lines = [
        "# a plan",
        'create "Sign in" --id cs-in -t epic',
        "",
        'create "Form" --parent @2 -l ui -d "two\\nlines"',
        "bd q a thought",
        '["create", "Server \\"quoted\\"", "--deps", "blocks:@4"]',
        "update @4 -p 0 --add-label first",
        "comment @4 'well said'",
        "label add @4 @6 both",
        "label remove @4 first",
        "dep add @5 @6 -t related",
        "defer @5 --until tomorrow",
        "close @4 --reason done",
        "reopen @4",
        "duplicate @5 --of @6",
        "rename @2 cs-signin",
        "delete @5 --force",
      ];
      const { code, stdout } = await bd(["batch", "--json"], { stdin: lines.join("\n") });
      assertEquals(code, 0);
      const done: { line: number; command: string; result: { id?: string } }[] = JSON.parse(stdout);
      assertEquals(done.map(({ line }) => line), [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
      assertEquals([done[0]!.result.id, done[1]!.result.id], ["cs-in", "cs-in.1"]);
      const [form] = await json(["show", "cs-in.1"]);
      assertEquals([form.id, form.parent, form.priority, form.labels, form.description, form.status], [
        "cs-signin.1",
        "cs-signin",
        0,
        ["both", "ui"],
        "two\nlines",
        "open",
      ]);
      const blocked = await json(["blocked"]);
      assertEquals([blocked[0].title, blocked[0].blocked_by], ['Server "quoted"', ["cs-signin.1"]]);
      const log = [...Deno.readDirSync(join(folder, ".beads/ops"))][0]!.name;
      const groups = Deno.readTextFileSync(join(folder, ".beads/ops", log, "000001.jsonl")).trim().split("\n")
        .filter((line) => !line.endsWith('"m":1}'));
      assertEquals(groups.length, 2, "the prefix, and one group for all of the batch");
    }));

  it("does nothing at all when a line cannot be done, and names each", () =>
    inLedger(async ({ bd, json }) => {
      const operations = (await json(["sync", "--status"])).operations;
      const refuse = async (lines: string[], code: number) => {
        const ended = await bd(["batch", "--json"], { stdin: lines.join("\n") });
        assertEquals([ended.code, ended.stdout], [code, ""]);
        const { error } = JSON.parse(ended.stderr);
        assertEquals(error.code, "batch_refused");
        return error.hints as string[];
      };
      const unread = await refuse(
        ["create A", 'create "open', "list", "create B --frob", "[1]", "close x --actor me", "sync"],
        2,
      );
      assertEquals(unread.map((hint) => hint.split(":")[0]), [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
      ]);
      const undone = await refuse(
        [
          "create A --id cs-a",
          "close cs-nope",
          "create B --id cs-a",
          "close @7",
          "delete cs-a",
          "create C -d ok --stdin",
        ]
          .slice(0, 5),
        1,
      );
      assertEquals(undone.map((hint) => hint.split(":")[0]), ["line 2", "line 3", "line 4", "line 5"]);
      assertStringIncludes(undone[0]!, 'Cannot find bead "cs-nope"');
      assertEquals(await json(["list"]), []);
      const tried = await bd(["batch", "--dry-run"], { stdin: "create A --id cs-a\nclose cs-a\n" });
      assertEquals([tried.code, tried.stdout.split("\n")[0]], [0, "Would do: 1 create, 1 close"]);
      assertEquals((await json(["sync", "--status"])).operations, operations);
    }));

  it("makes a thousand beads at once", () =>
    inLedger(async ({ bd, json }) => {
      const stdin = Array.from({ length: 1_000 }, (_, n) => `create "Task ${n}" -p ${n % 5} -l some`).join(
        "\n",
      );
      const began = performance.now();
      const { code, stdout } = await bd(["batch"], { stdin });
      // On a quiet machine the binary takes half a second; this only tells a batch from a thousand writes.
      assertLess(performance.now() - began, 20_000);
      assertEquals([code, stdout], [0, "✓ Done: 1000 create\n"]);
      assertEquals(await json(["count"]), { count: 1_000 });
      const ids: string[] = (await json(["list", "-n", "0"])).map((row: { id: string }) => row.id);
      assertEquals([new Set(ids).size, new Set(ids.map((id) => id.length))], [1_000, new Set([6, 7, 8])]);
    }));
});
