import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inLedger } from "./bd_fixture.ts";

const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

describe("bd, about several beads", () => {
  it("gives beads other ids, and knows them by the old ones", () =>
    inLedger(async ({ bd, json, refusal }) => {
      await bd(["create", "Form", "--id", "cs-4f", "-t", "epic"]);
      await bd(["create", "Field", "--parent", "cs-4f"]);
      await bd(["create", "Deep", "--parent", "cs-4f.1"]);
      await bd(["create", "Deeper", "--parent", "cs-4f.1.1"]);
      await bd(["create", "Other", "--id", "cs-other", "--deps", "cs-4f.1"]);
      assertEquals((await refusal(["rename", "cs-4f", "cs-other"])).code, "id_taken");
      assertEquals((await refusal(["rename", "cs-4f", "no id"])).code, "bad_id");
      assertEquals((await json(["rename", "cs-4f", "cs-form", "--dry-run"])).count, 4);
      assertEquals((await bd(["show", "cs-form"])).code, 1);
      const { renamed } = await json(["rename", "cs-4f", "cs-form"]);
      assertEquals(renamed.at(-1), { from: "cs-4f.1.1.1", to: "cs-form.1.1.1" });
      assertEquals((await json(["show", "cs-4f.1.1"]))[0].id, "cs-form.1.1");
      assertEquals((await json(["create", "Next", "--parent", "cs-4f"])).id, "cs-form.2");
      assertEquals((await json(["blocked"]))[0].blocked_by, ["cs-form.1"]);
      assertEquals((await refusal(["create", "x", "--id", "cs-4f"])).code, "id_taken");
    }));

  it("lets all ids begin with something else, in one change", () =>
    inLedger(async ({ bd, json, refusal }) => {
      for (const id of ["cs-one", "cs-two", "cs-ui-4f2a", "cs-gone"]) await bd(["create", id, "--id", id]);
      await bd(["create", "Part", "--parent", "cs-one", "--deps", "cs-two"]);
      await bd(["delete", "cs-gone", "--force"]);
      await bd(["config", "set", "allowed_prefixes", "cs-ui"]);
      assertEquals((await refusal(["rename-prefix", "cs", "cs"])).code, "same_prefix");
      assertEquals((await refusal(["rename-prefix", "zz", "web"])).code, "prefix_unknown");
      const done = await json(["rename-prefix", "cs", "web"]);
      assertEquals([done.count, done.prefix], [3, "web"]);
      assertEquals(ids(await json(["list", "--sort", "id"])), [
        "cs-ui-4f2a",
        "web-one",
        "web-one.1",
        "web-two",
      ]);
      assertEquals((await json(["config", "get", "prefix"])).value, "web");
      assertEquals((await json(["show", "cs-one"]))[0].id, "web-one");
      assertEquals((await json(["q", "next"])).id.startsWith("web-"), true);
      assertEquals((await json(["rename-prefix", "web", "cs"])).count, 4);
      assertEquals((await json(["show", "web-one.1"]))[0].id, "cs-one.1");
      assertEquals((await json(["doctor"])).ok, true);
    }));

  it("closes duplicates and what was superseded, and lets no one wait for less by it", () =>
    inLedger(async ({ bd, json, refusal }) => {
      await bd(["create", "Log in", "--id", "cs-a"]);
      await bd(["create", "Log  IN!", "--id", "cs-b"]);
      await bd(["create", "Log in", "--id", "cs-bug", "-t", "bug"]);
      await bd(["create", "Waits", "--id", "cs-w", "--deps", "cs-b"]);
      const { duplicate_groups, groups: [group] } = await json(["duplicates"]);
      assertEquals([duplicate_groups, group.suggested_target, group.suggested_sources], [1, "cs-b", [
        "cs-a",
      ]]);
      const expected = {
        duplicate: "cs-b",
        canonical: "cs-a",
        status: "closed",
        moved: [{ issue_id: "cs-w", type: "blocks" }],
      };
      assertEquals(await json(["duplicate", "cs-b", "--of", "cs-a"]), expected);
      assertEquals(await json(["duplicate", "cs-b", "--of", "cs-a"]), { ...expected, moved: [] });
      assertEquals((await json(["show", "cs-b"]))[0].close_reason, "Duplicate of cs-a");
      assertEquals((await json(["blocked"]))[0].blocked_by, ["cs-a"]);
      assertEquals((await json(["duplicates"])).groups, []);
      assertEquals((await refusal(["duplicate", "cs-a", "--of", "cs-b"])).code, "replaced_already");
      assertEquals((await refusal(["duplicate", "cs-a", "--of", "cs-a"])).code, "same_bead");
      assertEquals((await refusal(["duplicate", "cs-a"])).code, "missing_argument");
      const superseded = await json(["supersede", "cs-a", "--with", "cs-bug"]);
      assertEquals([superseded.superseded, superseded.replacement], ["cs-a", "cs-bug"]);
      assertEquals(ids(await json(["dep", "list", "cs-bug", "-t", "supersedes"])), ["cs-a"]);
      assertEquals((await json(["blocked"]))[0].blocked_by, ["cs-bug"]);
      await bd(["create", "waits", "--id", "cs-w2"]);
      assertEquals((await json(["duplicates", "--merge"])).merged, true);
      assertEquals((await json(["list", "--status", "open", "--sort", "id"])).length, 2);
    }));

  it("knows how far epics are, and closes those that are done", () =>
    inLedger(async ({ bd, json }) => {
      await bd(["create", "Outer", "--id", "cs-out", "-t", "epic"]);
      await bd(["create", "Inner", "--id", "cs-in", "-t", "epic", "--parent", "cs-out"]);
      await bd(["create", "Part", "--id", "cs-part", "--parent", "cs-in"]);
      await bd(["create", "Empty", "--id", "cs-empty", "-t", "epic"]);
      const states = async () =>
        (await json(["epic", "status"])).map((
          { epic, total_children, closed_children, eligible_for_close }: {
            epic: { id: string };
            total_children: number;
            closed_children: number;
            eligible_for_close: boolean;
          },
        ) => [epic.id, total_children, closed_children, eligible_for_close]);
      assertEquals(await states(), [
        ["cs-empty", 0, 0, false],
        ["cs-in", 1, 0, false],
        ["cs-out", 1, 0, false],
      ]);
      await bd(["close", "cs-part"]);
      assertEquals(
        ids((await json(["epic", "status", "--eligible-only"])).map((each: { epic: { id: string } }) =>
          each.epic
        )),
        ["cs-in"],
      );
      assertStringIncludes((await bd(["epic", "status"])).stdout, "████████████ 1/1  ○ cs-in Inner\n");
      assertEquals(await json(["epic", "close-eligible", "--dry-run"]), {
        dry_run: true,
        closed: ["cs-in", "cs-out"],
        count: 2,
      });
      assertEquals((await json(["epic", "close-eligible"])).closed, ["cs-in", "cs-out"]);
      assertEquals(await json(["epic", "close-eligible"]), { closed: [], count: 0 });
      assertEquals(ids(await json(["list"])), ["cs-empty"]);
    }));

  it("lists by every condition that scripts use", () =>
    inLedger(async ({ bd, json, refusal }) => {
      const stdin = [
        'create "A form" --id cs-a -l team-ui,x --due 2020-01-01 --metadata \'{"k":"v","n":3}\' -d "the text"',
        'create "Other" --id cs-b -l team-api --due 3d --notes "a note" -p 0',
        'create "Last" --id cs-c --parent cs-a -a bob -t bug',
        "defer cs-b --until tomorrow",
        'create "Done" --id cs-d --due 2020-01-01',
        "close cs-d",
      ].join("\n");
      assertEquals((await bd(["batch"], { stdin })).code, 0);
      const cases: [args: string, expected: string[]][] = [
        ["--id cs-a,cs-c", ["cs-a", "cs-c"]],
        ["--title-contains form", ["cs-a"]],
        ["--desc-contains text", ["cs-a"]],
        ["--notes-contains note", ["cs-b"]],
        ["--empty-description", ["cs-b", "cs-c"]],
        ["--label-pattern team-*", ["cs-a", "cs-b"]],
        ["--label-any x,team-api", ["cs-a", "cs-b"]],
        ["--no-labels", ["cs-c"]],
        ["--overdue", ["cs-a"]],
        ["--due-after now", ["cs-b"]],
        ["--due-before 7d", ["cs-a", "cs-b"]],
        ["--deferred", ["cs-b"]],
        ["--has-metadata-key n", ["cs-a"]],
        ["--metadata-field k=v --metadata-field n=3", ["cs-a"]],
        ["--metadata-field k=w", []],
        ["--parent cs-a", ["cs-c"]],
        ["--no-parent --no-assignee", ["cs-a", "cs-b"]],
        ["--type bug --assignee bob", ["cs-c"]],
        ["--priority-max 1", ["cs-b"]],
        ["--created-after 1h", ["cs-a", "cs-b", "cs-c"]],
        ["--created-before 1h", []],
        ["--closed-after 1h --all", ["cs-d"]],
        ["--ready", ["cs-a", "cs-c"]],
        ["--status closed", ["cs-d"]],
      ];
      for (const [args, expected] of cases) {
        assertEquals([args, ids(await json(["list", "--sort", "id", ...args.split(" ")]))], [args, expected]);
      }
      assertEquals((await refusal(["list", "--metadata-field", "k"])).code, "bad_metadata");
    }));
});
