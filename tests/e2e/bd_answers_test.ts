import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { benchAt, inFolders, inLedger } from "./bd_fixture.ts";

describe("bd, when it answers people", () => {
  it("writes rows in columns, with what waits for what", () =>
    inLedger(async ({ bd }) => {
      assertEquals(
        (await bd(["create", "Form", "--id", "cs-form", "-t", "feature", "-p", "1", "-a", "bob"])).stdout,
        "✓ Created cs-form: Form\n  P1 · feature · @bob\n",
      );
      await bd(["create", "Log in", "--id", "cs-login", "-l", "auth", "--deps", "cs-form"]);
      assertEquals(
        (await bd(["list"])).stdout,
        "cs-form  ○ P1 feature Form    @bob\n" +
          "cs-login ⊘ P2 task    Log in  auth\n" +
          "2 open (1 blocked)\n",
      );
      assertEquals(
        (await bd(["blocked"])).stdout,
        "cs-login ⊘ P2 task Log in  auth  waits for cs-form\n1 open (1 blocked)\n",
      );
      assertStringIncludes((await bd(["ready"])).stdout, "take one: bd update cs-form --claim\n");
      assertEquals(
        (await bd(["close", "cs-form"])).stdout,
        "✓ Closed cs-form: Form\n  now ready:\n  ○ cs-login Log in\n",
      );
      assertEquals((await bd(["close", "cs-login", "-q"])).stdout, "");
      assertEquals((await bd(["list"])).stdout, "No beads match\n");
    }));

  it("lets nothing that a bead holds drive the terminal", () =>
    inLedger(async ({ bd }) => {
      const evil = "\x1b]0;owned\x07\x1b[31mred\u202eright";
      await bd(["create", evil, "--id", "cs-evil", "-d", `${evil}\nnext`, "-l", "\x1b[2J", "-a", "\x9b1m"]);
      await bd(["comment", "cs-evil", evil]);
      await bd(["create", "Waits", "--deps", "cs-evil"]);
      const calls = ["list", "ready", "blocked", "stats", "stale -d 0", "show cs-evil", "history cs-evil"]
        .concat("comments cs-evil", "dep tree cs-evil", "label list cs-evil", "label list-all", "search red")
        .concat("dep list cs-evil --direction up", "count --by-assignee", "prime", "delete cs-evil");
      for (const call of calls) {
        const { stdout, stderr } = await bd(call.split(" "), { env: { FORCE_COLOR: "" } });
        // deno-lint-ignore no-control-regex
        assertEquals((stdout + stderr).match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/g), null, call);
      }
    }));

  it("says what is wrong and what to do, and changes nothing", () =>
    inLedger(async ({ bd, refusal, json }) => {
      await bd(["create", "Form", "--id", "cs-form"]);
      await bd(["create", "Form two", "--id", "cs-form-two"]);
      const operations = (await json(["sync", "--status"])).operations;
      const near = await refusal(["show", "cs-fomr"]);
      assertEquals([near.exit, near.code, near.hints[0]], [1, "bead_not_found", "Did you mean cs-form?"]);
      const many = await refusal(["show", "cs-fo"]);
      assertEquals([many.exit, many.code], [1, "bead_ambiguous"]);
      assertStringIncludes(many.hints[0]!, "cs-form, cs-form-two");
      const cases: [args: string[], exit: number, code: string][] = [
        [["create"], 2, "missing_argument"],
        [["create", "x", "-t", "taks"], 2, "unknown_type"],
        [["create", "x", "-p", "5"], 2, "bad_priority"],
        [["create", "x", "--id", "cs-form"], 1, "id_taken"],
        [["create", "x", "--deps", "cs-nope"], 1, "bead_not_found"],
        [["create", "x", "--metadata", "[1]"], 2, "bad_metadata"],
        [["create", "x", "--due", "someday"], 2, "bad_time"],
        [["create", "x", "--body-file", "nope.md"], 1, "file_not_found"],
        [["update", "cs-form"], 2, "no_change"],
        [["update", "cs-form", "--status", "opne"], 2, "unknown_status"],
        [["update", "cs-form", "-p", "1", "--parent", "cs-form"], 1, "self_dependency"],
        [["reopen", "cs-form"], 1, "not_closed"],
        [["comment", "cs-form"], 2, "missing_argument"],
        [["label", "add", "cs-form"], 2, "missing_argument"],
        [["resolve", "cs-form"], 2, "no_choice"],
        [["config", "set", "prefix", "a b"], 2, "bad_prefix"],
      ];
      for (const [args, exit, code] of cases) {
        const refused = await refusal(args);
        assertEquals([args.join(" "), refused.exit, refused.code], [args.join(" "), exit, code]);
      }
      assertEquals((await json(["sync", "--status"])).operations, operations);
    }));

  it("finds its ledger from below, by BEADS_DIR, and says so where there is none", () =>
    inFolders(async (root) => {
      const nowhere = await benchAt(root, "nowhere").refusal(["list"]);
      assertEquals([nowhere.exit, nowhere.code], [1, "no_ledger"]);
      const top = benchAt(root, "my project");
      assertEquals((await top.json(["init"])).prefix, "my-project");
      assertEquals((await top.json(["init"])).created, false);
      const below = benchAt(root, "my project/deep/down");
      await below.bd(["create", "One", "--id", "my-project-one"]);
      assertEquals((await top.json(["list"])).length, 1);
      assertEquals((await below.refusal(["init"])).code, "ledger_above");
      const elsewhere = await benchAt(root, "nowhere").bd(["list", "--json"], {
        env: { BEADS_DIR: join(top.folder, ".beads") },
      });
      assertEquals(JSON.parse(elsewhere.stdout).length, 1);
    }));

  it("takes over an issues.jsonl that is there, and gives it back", () =>
    inFolders(async (root) => {
      const bench = benchAt(root, "old");
      Deno.mkdirSync(join(bench.folder, ".beads"));
      const record = (id: string, more: object) =>
        JSON.stringify({
          id,
          title: `Title of ${id}`,
          status: "open",
          priority: 1,
          issue_type: "bug",
          created_at: "2025-11-01T10:00:00-08:00",
          updated_at: "2025-11-02T10:00:00Z",
          ...more,
        });
      const lines = [record("old-1", { custom_field: "kept" }), record("old-2", { labels: ["x"] })];
      Deno.writeTextFileSync(join(bench.folder, ".beads/issues.jsonl"), lines.join("\n") + "\n");
      const before = await bench.refusal(["list"]);
      assertEquals([before.code, before.hints], [
        "no_ledger",
        ["bd init makes it, and takes over an issues.jsonl that is there"],
      ]);
      const made = await bench.json(["init"]);
      assertEquals([made.adopted, made.prefix, made.refused], [2, "old", []]);
      const exported = (await bench.bd(["export"])).stdout.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(exported.map((each) => [each.id, each.custom_field, each.labels]), [
        ["old-1", "kept", undefined],
        ["old-2", undefined, ["x"]],
      ]);
      const file = "more.jsonl";
      Deno.writeTextFileSync(join(bench.folder, file), `${record("old-3", {})}\n<<<<<<< HEAD\n`);
      const { code, stdout, stderr } = await bench.bd(["import", file]);
      assertEquals([code, stdout], [1, "✓ Imported: 1 new, 0 changed, 0 as they were, 1 refused\n"]);
      assertStringIncludes(stderr, "line 2: ");
      const piped = await bench.bd(["import", "-"], { stdin: `${record("old-4", {})}\n` });
      assertStringIncludes(piped.stdout, "1 new");
      assert((await new Deno.Command("mkfifo", { args: [join(bench.folder, "pipe")] }).output()).success);
      const [fromPipe] = await Promise.all([
        bench.bd(["import", "pipe"]),
        Deno.writeTextFile(join(bench.folder, "pipe"), `${record("old-5", {})}\n`),
      ]);
      assertStringIncludes(fromPipe.stdout, "1 new");
      const left = [...Deno.readDirSync(join(bench.folder, ".beads/local"))].map(({ name }) => name);
      assertEquals(left.filter((name) => name.startsWith("import")), []);
      assertEquals((await bench.refusal(["import", ".beads"])).code, "file_not_found");
      assertEquals((await bench.json(["config", "get", "issue_prefix"])).value, "old");
      assertEquals((await bench.json(["doctor"])).ok, true);
    }));

  it("finds a damaged log, and mends it from the index", () =>
    inLedger(async ({ bd, json, folder }) => {
      await bd(["create", "One", "--id", "cs-one"]);
      await bd(["create", "Two", "--id", "cs-two"]);
      const ops = join(folder, ".beads/ops");
      const [replica] = [...Deno.readDirSync(ops)].map(({ name }) => name);
      const log = join(ops, replica!, "000001.jsonl");
      const lines = Deno.readTextFileSync(log).split("\n");
      lines[1] = "x".repeat(lines[1]!.length);
      Deno.writeTextFileSync(log, lines.join("\n"));
      const looked = await bd(["doctor"]);
      assertEquals(looked.code, 1);
      assertStringIncludes(looked.stdout, "1 line cannot be read: line 2 of");
      assertEquals((await json(["doctor", "--fix"])).checks[0].state, "fixed");
      assertEquals((await json(["doctor"])).ok, true);
      assertEquals((await json(["list", "--sort", "id"])).map((row: { id: string }) => row.id), [
        "cs-one",
        "cs-two",
      ]);
    }));

  it("gives a bead that many want to one of them", () =>
    inLedger(async ({ bd, json }) => {
      await bd(["create", "Wanted", "--id", "cs-wanted"]);
      const actors = [...Array(6).keys()].map((n) => `actor-${n}`);
      const ended = await Promise.all(
        actors.map((actor) => bd(["update", "cs-wanted", "--claim", "--actor", actor])),
      );
      const winners = actors.filter((_, at) => ended[at]!.code === 0);
      assertEquals([winners.length, ended.filter(({ code }) => code === 1).length], [1, 5]);
      assertEquals((await json(["show", "cs-wanted"]))[0].assignee, winners[0]);
    }));
});
