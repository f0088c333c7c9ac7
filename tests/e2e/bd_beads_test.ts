import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { inLedger } from "./bd_fixture.ts";

const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

describe("bd", () => {
  it("makes beads with all that is said about them", () =>
    inLedger(async ({ bd, json, folder }) => {
      assertEquals((await bd(["create", "Sign-in form", "--id", "cs-form", "--silent"])).stdout, "cs-form\n");
      Deno.writeTextFileSync(join(folder, "body.md"), "First line\nsecond line\n");
      const made = await json(
        ["create", "Log in", "--id", "cs-login", "-t", "feature", "-p", "P1", "-l", "auth,ui", "-a", "bob"]
          .concat(
            [
              "--deps",
              "cs-form,discovered-from:cs-form",
              "--body-file",
              "body.md",
              "--acceptance",
              "it works",
            ],
            ["--design", "plain", "--notes", "none", "--external-ref", "gh-9", "--metadata", '{"size": 3}'],
          ),
      );
      assertEquals(
        [made.id, made.issue_type, made.priority, made.labels, made.assignee, made.status],
        ["cs-login", "feature", 1, ["auth", "ui"], "bob", "open"],
      );
      assertEquals([made.description, made.acceptance_criteria, made.design], [
        "First line\nsecond line",
        "it works",
        "plain",
      ]);
      assertEquals([made.external_ref, made.metadata, made.created_by], ["gh-9", { size: 3 }, "ann"]);
      assertEquals(
        made.dependencies.map((
          edge: { depends_on_id: string; type: string },
        ) => [edge.depends_on_id, edge.type]).sort(),
        [["cs-form", "blocks"], ["cs-form", "discovered-from"]],
      );
      const child = await json(["create", "Button", "--parent", "cs-form"]);
      assertEquals(child.id, "cs-form.1");
      assertMatch((await bd(["q", "a", "quick", "thought"])).stdout, /^cs-[0-9a-z]{3,}\n$/);
      const tried = await json(["create", "Nothing", "--id", "cs-none", "--dry-run"]);
      assertEquals(tried.id, "cs-none");
      assertEquals((await bd(["show", "cs-none"])).code, 1);
    }));

  it("keeps labels and metadata that are called like what every object has", () =>
    inLedger(async ({ bd, json }) => {
      await bd(["create", "Form", "--id", "cs-form", "-l", "constructor,toString"]);
      await bd(["label", "add", "cs-form", "valueOf"]);
      await bd(["update", "cs-form", "--set-metadata", "__proto__=1", "--set-metadata", "toString=2"]);
      const [shown] = await json(["show", "cs-form"]);
      assertEquals(shown.labels, ["constructor", "toString", "valueOf"]);
      assertEquals(Object.entries(shown.metadata), [["__proto__", 1], ["toString", 2]]);
    }));

  it("carries a bead from open to closed and back", () =>
    inLedger(async ({ bd, json, refusal }) => {
      await bd(["create", "Form", "--id", "cs-form"]);
      await bd(["create", "Login", "--id", "cs-login", "-p", "0"]);
      assertEquals(await json(["dep", "add", "cs-login", "cs-form"]), {
        status: "added",
        issue_id: "cs-login",
        depends_on_id: "cs-form",
        type: "blocks",
      });
      assertEquals(ids(await json(["ready"])), ["cs-form"]);
      const [why, ...others] = await json(["ready", "--explain", "cs-login"]);
      assertEquals([why.ready, why.reasons, others], [false, ["it waits for cs-form (open)"], []]);
      assertEquals((await refusal(["ready", "cs-login"])).code, "unexpected_argument");
      const [blocked] = await json(["blocked"]);
      assertEquals([blocked.id, blocked.blocked_by_count, blocked.blocked_by], ["cs-login", 1, ["cs-form"]]);
      assertEquals((await refusal(["close", "cs-login"])).code, "bead_blocked");

      const [claimed] = await json(["update", "cs-form", "--claim"]);
      assertEquals([claimed.status, claimed.assignee], ["in_progress", "ann"]);
      assertEquals((await bd(["update", "cs-form", "--claim"])).code, 0);
      const taken = await refusal(["update", "cs-form", "--claim", "--actor", "bob"]);
      assertEquals([taken.exit, taken.code], [1, "already_claimed"]);
      assertStringIncludes(taken.message, "ann");

      const closing = await json(["close", "cs-form", "--reason", "all there", "--suggest-next"]);
      assertEquals([closing.closed[0].status, closing.closed[0].close_reason], ["closed", "all there"]);
      assertEquals(ids(closing.unblocked), ["cs-login"]);
      assertEquals(ids(await json(["ready"])), ["cs-login"]);
      assertEquals(ids(await json(["list"])), ["cs-login"]);
      assertEquals(ids(await json(["list", "--status", "closed"])), ["cs-form"]);

      const [opened] = await json(["reopen", "cs-form", "-r", "not yet"]);
      assertEquals([opened.status, opened.closed_at], ["open", undefined]);
      assertStringIncludes((await bd(["comments", "cs-form"])).stdout, "not yet");
      assertEquals(ids(await json(["blocked"])), ["cs-login"]);
      const { claimed: worked } = await json(["work", "cs-form", "--force"]);
      assertEquals([worked.id, worked.assignee], ["cs-form", "ann"]);
      assertEquals((await refusal(["work", "cs-login"])).code, "bead_blocked");
    }));

  it("changes several things of several beads together, or nothing", () =>
    inLedger(async ({ bd, json, refusal }) => {
      await bd(["create", "One", "--id", "cs-one", "-l", "old"]);
      await bd(["create", "Two", "--id", "cs-two", "-l", "old,kept"]);
      assertEquals((await refusal(["update", "cs-one", "cs-twoo", "-p", "0"])).code, "bead_not_found");
      assertEquals((await json(["show", "cs-one"]))[0].priority, 2);
      const changed = await json(
        [
          "update",
          "cs-one",
          "cs-two",
          "-p",
          "0",
          "--title",
          "New",
          "--add-label",
          "a,b",
          "--remove-label",
          "old",
        ].concat(
          ["--append-notes", "first", "--set-metadata", "k=v, w", "--set-metadata", "n=3", "--parent", ""],
        ),
      );
      assertEquals(
        changed.map((
          bead: Record<string, unknown>,
        ) => [bead.title, bead.priority, bead.labels, bead.notes, bead.metadata]),
        [
          ["New", 0, ["a", "b"], "first", { k: "v, w", n: 3 }],
          ["New", 0, ["a", "b", "kept"], "first", { k: "v, w", n: 3 }],
        ],
      );
      await bd(["update", "cs-two", "--parent", "cs-one", "--unset-metadata", "k", "--assignee", "bob"]);
      const [two] = await json(["show", "cs-two"]);
      assertEquals([two.parent, two.metadata, two.assignee], ["cs-one", { n: 3 }, "bob"]);
      const [bare] = await json([
        "update",
        "cs-two",
        "--assignee",
        "",
        "--set-labels",
        "only",
        "--parent",
        "",
      ]);
      assertEquals([bare.assignee, bare.labels, bare.dependencies], [undefined, ["only"], undefined]);
      assertEquals(
        (await refusal(["update", "cs-one", "--set-metadata", "attempt=1"])).code,
        "metadata_owned",
      );
      assertEquals((await json(["update", "cs-one", "--status", "closed"]))[0].close_reason, "Closed");
      assertEquals((await json(["update", "cs-one", "--status", "in_progress"]))[0].closed_at, undefined);
    }));

  it("finds, counts and groups", () =>
    inLedger(async ({ bd, json }) => {
      await bd(["create", "Alpha form", "--id", "cs-a", "-t", "bug", "-l", "ui", "-p", "1"]);
      await bd(["create", "Beta", "--id", "cs-b", "-d", "a form of it", "-a", "bob"]);
      await bd(["create", "Convoy", "--id", "cs-cv-x", "-t", "convoy"]);
      await bd(["label", "add", "cs-a", "cs-b", "shared"]);
      assertEquals(ids(await json(["search", "form"])), ["cs-a", "cs-b"]);
      assertEquals(ids(await json(["list", "--type", "bug"])), ["cs-a"]);
      assertEquals(ids(await json(["list", "--no-assignee", "--label", "ui,shared"])), ["cs-a"]);
      assertEquals(ids(await json(["list", "--include-internal"])).sort(), ["cs-a", "cs-b", "cs-cv-x"]);
      assertEquals(ids(await json(["list", "-n", "1"])), ["cs-a"]);
      assertEquals(ids(await json(["list", "--created-after", "1h", "--sort", "id", "--reverse"])), [
        "cs-b",
        "cs-a",
      ]);
      assertEquals(await json(["count"]), { count: 2 });
      assertEquals((await json(["count", "--by-type"])).total, 2);
      assertEquals(await json(["label", "list-all"]), [{ label: "shared", count: 2 }, {
        label: "ui",
        count: 1,
      }]);
      assertEquals(await json(["label", "remove", "cs-a", "shared"]), [
        { status: "removed", issue_id: "cs-a", label: "shared" },
      ]);
      assertEquals(await json(["label", "list", "cs-a"]), ["ui"]);
      assertEquals((await json(["stats"])).summary.open_issues, 2);
      assertEquals(ids(await json(["stale", "--days", "0"])).sort(), ["cs-a", "cs-b"]);
      await bd(["defer", "cs-a", "--until", "tomorrow"]);
      await bd(["defer", "cs-b"]);
      assertEquals(await json(["ready"]), []);
      const reasons = await json(["ready", "--explain"]);
      assertEquals(reasons.map((row: { ready: boolean }) => row.ready), [false, false]);
      await bd(["undefer", "cs-a", "cs-b"]);
      assertEquals(ids(await json(["ready"])), ["cs-a", "cs-b"]);
    }));

  it("keeps comments and the history of a bead", () =>
    inLedger(async ({ bd, json }) => {
      await bd(["create", "One", "--id", "cs-one"]);
      const first = await json(["comment", "cs-one", "said", "plainly"]);
      assertEquals([first.issue_id, first.author, first.text], ["cs-one", "ann", "said plainly"]);
      assertEquals(
        (await bd(["comments", "add", "cs-one", "-f", "-", "-a", "bob"], { stdin: "two\nlines\n" })).code,
        0,
      );
      const comments = await json(["comments", "cs-one"]);
      assertEquals(comments.map((each: { author: string; text: string }) => [each.author, each.text]), [
        ["ann", "said plainly"],
        ["bob", "two\nlines"],
      ]);
      assertEquals((await json(["history", "cs-one"])).map((each: { k: string }) => each.k), [
        "create",
        "comment",
        "comment",
      ]);
      assertStringIncludes((await bd(["show", "cs-one"])).stdout, "    two\n    lines");
    }));

  it("shows edges as lists and trees", () =>
    inLedger(async ({ bd, json, refusal }) => {
      for (const id of ["cs-a", "cs-b", "cs-c"]) await bd(["create", id.toUpperCase(), "--id", id]);
      await bd(["dep", "add", "cs-a", "cs-b", "cs-c"]);
      await bd(["dep", "add", "cs-b", "cs-c"]);
      const cycle = await refusal(["dep", "add", "cs-c", "cs-a"]);
      assertEquals([cycle.exit, cycle.code], [1, "dependency_cycle"]);
      assertEquals((await refusal(["dep", "add", "cs-c", "cs-c"])).code, "self_dependency");
      const down = await json(["dep", "list", "cs-a"]);
      assertEquals(ids(down).sort(), ["cs-b", "cs-c"]);
      assertEquals(down[0].dependency_type, "blocks");
      assertEquals(ids(await json(["dep", "list", "cs-c", "--direction", "up"])).sort(), ["cs-a", "cs-b"]);
      const tree = await json(["dep", "tree", "cs-a"]);
      assertEquals([tree[0].id, tree[0].depth, tree[1].parent_id], ["cs-a", 0, "cs-a"]);
      assertStringIncludes((await bd(["dep", "tree", "cs-a"])).stdout, "└─ ");
      assertStringIncludes((await bd(["dep", "tree", "cs-a", "--format", "mermaid"])).stdout, "n0 --> n1");
      assertEquals(await json(["dep", "cycles"]), []);
      assertEquals((await json(["dep", "remove", "cs-a", "cs-b"])).status, "removed");
      assertEquals((await refusal(["dep", "remove", "cs-a", "cs-b"])).code, "dependency_not_found");
      const [a] = await json(["show", "cs-a"]);
      assertEquals(
        a.dependencies.map((
          each: { id: string; dependency_type: string },
        ) => [each.id, each.dependency_type]),
        [
          ["cs-c", "blocks"],
        ],
      );
    }));

  it("deletes only when told twice", () =>
    inLedger(async ({ bd, json, refusal }) => {
      await bd(["create", "One", "--id", "cs-one", "-l", "x"]);
      await bd(["create", "Two", "--id", "cs-two", "--deps", "cs-one"]);
      const preview = await json(["delete", "cs-one"]);
      assertEquals([preview.dry_run, preview.deleted, preview.dependencies_removed], [true, ["cs-one"], 1]);
      assertEquals((await bd(["show", "cs-one"])).code, 0);
      assertEquals((await json(["delete", "cs-one", "--force"])).deleted_count, 1);
      assertEquals((await refusal(["update", "cs-one", "-p", "1"])).code, "bead_deleted");
      assertEquals((await json(["history", "cs-one"])).at(-1).k, "delete");
      assertEquals(ids(await json(["ready"])), ["cs-two"]);
    }));
});
