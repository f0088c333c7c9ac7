import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inLedger } from "./bd_fixture.ts";

const docs = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs");

describe("bd create -f", () => {
  it("makes of the documented plan what the document says", () =>
    inLedger(async ({ bd, json, folder }) => {
      const text = Deno.readTextFileSync(join(docs, "plan.md"));
      const [, plan] = /```markdown\n([^]*?)\n```/.exec(text)!;
      const [, tree] = /```text\n([^]*?)\n```/.exec(text)!;
      Deno.writeTextFileSync(join(folder, "plan.md"), plan!);
      const before = (await json(["sync", "--status"])).operations;
      const tried = await bd(["create", "-f", "plan.md", "--dry-run"]);
      assertEquals([tried.code, tried.stdout.split("\n")[0]], [0, "Would create 8 beads"]);
      assertEquals((await json(["sync", "--status"])).operations, before);
      assertEquals(
        (await bd(["create", "-f", "plan.md"])).stdout,
        `✓ Created 8 beads\n${tree!.replace(/^/gm, "  ")}\n`,
      );
      const [form] = await json(["show", "cs-signin.1"]);
      assertEquals([form.issue_type, form.priority, form.acceptance_criteria, form.labels], [
        "feature",
        1,
        "- works with the keyboard alone",
        ["ui"],
      ]);
      assertEquals((await json(["show", "cs-signin.1.2"]))[0].description, "In the colours of the rest.");
      assertEquals((await json(["show", "cs-signin"]))[0].description, "So that nobody needs a password.");
      assertEquals((await json(["show", "cs-signin.1.3"]))[0].status, "closed");
    }));

  it("takes a parent, labels and a name for all, and prints only ids when asked", () =>
    inLedger(async ({ bd, json }) => {
      await bd(["create", "Above", "--id", "cs-top", "-t", "epic"]);
      const { stdout } = await bd(
        ["create", "-f", "-", "--parent", "cs-top", "-l", "auth", "-a", "bob", "--silent"],
        { stdin: "- One {@ann}\n- Two\n  - Three\n" },
      );
      assertEquals(stdout, "cs-top.1\ncs-top.2\ncs-top.2.1\n");
      const rows = await json(["list", "--label", "auth", "--sort", "id"]);
      assertEquals(rows.map((row: { assignee: string }) => row.assignee), ["ann", "bob", "bob"]);
    }));

  it("refuses a plan with its lines, and makes nothing of it", () =>
    inLedger(async ({ bd, json }) => {
      const refuse = async (stdin: string) => {
        const { code, stderr } = await bd(["create", "-f", "-", "--json"], { stdin });
        const { error } = JSON.parse(stderr);
        assertEquals([code, error.code], [2, "plan_refused"]);
        return error.hints as string[];
      };
      const hints = await refuse(
        "lost\n# A\n- b {GET}\n- c {P9 #x}\n- d {after=zzz}\n- e {type=tusk}\n- f {due=never}\n- {#g}\n",
      );
      assertEquals(hints.map((hint) => hint.split(":")[0]), [
        "line 1",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
        "line 8",
      ]);
      const circle = await refuse("- b {#x after=y}\n- c {#y after=x}\n");
      assertStringIncludes(circle[0]!, "cycle");
      assertStringIncludes((await refuse("- Same\n- Same\n- d {after=same}\n"))[0]!, "lines 1 and 2");
      assertEquals(await refuse("\n"), ["line 1: there is no heading and no item"]);
      assertEquals(await json(["list", "--all"]), []);
      assertEquals((await bd(["create", "Title", "-f", "-"], { stdin: "# A\n" })).code, 2);
    }));
});
