import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import * as v from "valibot";
import { bdTable } from "../../src/commands/bd_table.ts";
import { outputSchemas } from "../../src/commands/bd_support/schemas.ts";
import { type Bench, benchAt, inFolders } from "./bd_fixture.ts";

/** A call, and what it may end with beyond 0. */
type Step = string | Call;

const PLAN = "# Sign in {#in}\n\n- [ ] Form\n- [ ] Server {after=form}\n";

/** Calls in order, each of which prints JSON; together they call every command. */
const steps: readonly Step[] = [
  "version",
  "where",
  "formula list",
  "formula show worker-work",
  "formula show worker-work --source",
  "cook bug-hunt",
  { call: ["create", "Out", "--id", "cs-gate", "-t", "gate"] },
  "gate list",
  "gate check",
  "gate check --dry-run cs-gate",
  "gate resolve cs-gate -r out",
  "gate list --all",
  "info",
  "onboard",
  "onboard --write",
  "hooks list",
  "hooks install",
  "hooks uninstall",
  "completion bash",
  "schema show",
  "schema --list",
  { call: ["create", "Form", "--id", "cs-form", "-t", "feature", "-l", "ui,auth", "-d", "x".repeat(900)] },
  { call: ["create", "Log in", "--id", "cs-login", "--deps", "cs-form", "--due", "3d", "-e", "30"] },
  { call: ["create", "Log in!", "--id", "cs-twin", "--metadata", '{"size": 3}'] },
  { call: ["create", "-f", "-"], stdin: PLAN },
  { call: ["create", "-f", "-", "--dry-run"], stdin: PLAN },
  { call: ["batch"], stdin: "create Epic --id cs-epic -t epic\ncreate Part --parent @1\nclose cs-epic.1\n" },
  "q A quick thought",
  "create Dry --dry-run",
  "list",
  "list --all --sort id",
  "ready",
  "ready --explain",
  "blocked",
  "show cs-login cs-form",
  "show cs-epic --children",
  "show cs-form --as-of now",
  "search login",
  "stale --days 0",
  "count",
  "count --by-type",
  "stats",
  "update cs-form --claim --append-notes more",
  "work cs-form",
  "comment cs-form said",
  "comments add cs-form again",
  "comments cs-form",
  "label add cs-form new",
  "label list cs-form",
  "label list-all",
  "label remove cs-form new",
  "dep add cs-twin cs-form -t related",
  "dep add cs-twin cs-epic cs-login -t tracks",
  "dep list cs-login",
  "dep list cs-form --direction up",
  "dep tree cs-login",
  "dep remove cs-twin cs-form",
  "dep cycles",
  "duplicates",
  "duplicate cs-twin --of cs-login",
  "epic status",
  "epic close-eligible --dry-run",
  "epic close-eligible",
  "create Step --id cs-form.step -t step --parent cs-form",
  "mol current cs-form",
  "mol progress cs-form",
  "close cs-form.step --continue",
  "mol squash cs-form --dry-run",
  "mol squash cs-form --summary said",
  { call: ["mol", "pour", "design", "--id", "cs-design", "--title", "Which way"] },
  "mol pour tdd --dry-run",
  "mol bond cs-design tdd --dry-run",
  "mol bond cs-design bug-hunt",
  "mol distill cs-design",
  "mol distill cs-design way --var subject=Which -o .",
  "mol burn cs-design",
  "mol burn cs-design --yes",
  "defer cs-login --until tomorrow",
  "undefer cs-login",
  "close cs-form --suggest-next",
  "reopen cs-form",
  "close cs-form",
  "compact cs-form",
  "compact cs-form --apply",
  "compact cs-form --restore",
  "history cs-form",
  "diff",
  "diff --since 1h",
  "rename cs-login cs-sign-in",
  "supersede cs-sign-in --with cs-form",
  "rename-prefix cs web --dry-run",
  "delete web-nope",
  "delete cs-twin",
  "delete cs-twin --force",
  "config set a.b c",
  "config get a.b",
  { call: ["config", "get", "not.set"], code: 1 },
  "config list",
  "config unset a.b",
  "prime",
  "doctor",
  "export -o out.jsonl",
  { call: ["import", "out.jsonl"] },
  { call: ["import", "-"], stdin: "{\n", code: 1 },
  "sync --flush-only",
  "sync",
  "sync --status",
];

describe("what bd prints with --json", () => {
  it("is what its schema says, for every command", () =>
    inFolders(async (root) => {
      const { schemas } = await outputSchemas();
      const bench = await repositoryAt(root, "work");
      const seen = new Set<string>();
      const check = async (at: Bench, step: Step) => {
        const { call, stdin, code = 0 } = stepOf(step);
        const ended = await at.bd([...call, "--json"], stdin === undefined ? {} : { stdin });
        const name = nameOf(call);
        const refused = ended.stdout === "";
        const printed = JSON.parse(refused ? ended.stderr : ended.stdout);
        const found = v.safeParse(schemas[refused ? "error" : name]!, printed);
        const issues = (found.issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
        assertEquals([call.join(" "), issues], [call.join(" "), []]);
        assertEquals([call.join(" "), ended.code], [call.join(" "), refused ? 1 : code]);
        if (!refused) seen.add(name);
      };
      await check(bench, "init --prefix cs");
      for (const step of steps) await check(bench, step);
      await conflictBetween(bench, await repositoryAt(root, "other"), check);
      const missing = Object.keys(bdTable).filter((name) => !seen.has(name) && name !== "complete");
      assertEquals(missing, [], "every command of the table is called here");
      assertEquals(Object.keys(schemas).filter((name) => name !== "error" && !(name in bdTable)), []);
    }));

  it("can be looked up, alone and all together", () =>
    inFolders(async (root) => {
      const { bd, refusal, json } = benchAt(root, "nowhere");
      const one = JSON.parse((await bd(["schema", "dep", "add"])).stdout);
      assertEquals([one.$schema, one.title], [
        "http://json-schema.org/draft-07/schema#",
        "bd dep add --json",
      ]);
      const all = await json(["schema"]);
      assertEquals(Object.keys(all.properties), await json(["schema", "--list"]));
      assertEquals(all.$defs.issue.required.includes("title"), true);
      const near = await refusal(["schema", "shwo"]);
      assertEquals([near.exit, near.code, near.hints[0]], [2, "schema_unknown", "did you mean show?"]);
    }));
});

interface Call {
  call: string[];
  stdin?: string;
  code?: number;
}

function stepOf(step: Step): Call {
  return typeof step === "string" ? { call: step.split(" ") } : step;
}

function nameOf(call: readonly string[]): string {
  const two = call.slice(0, 2).join(" ");
  return two in bdTable ? two : call[0]!;
}

/** A repository with a bare remote that all of them share. */
async function repositoryAt(root: string, name: string): Promise<Bench> {
  const bench = benchAt(root, name);
  const remote = join(root, "remote.git");
  await bench.git(["init", "-q", "--bare", remote]);
  await bench.git(["init", "-q", "."]);
  await bench.git(["remote", "add", "origin", remote]);
  return bench;
}

/** Lets two clones change one title at once, and sees to it that the conflict is shown and resolved. */
async function conflictBetween(
  one: Bench,
  other: Bench,
  check: (at: Bench, step: Step) => Promise<void>,
): Promise<void> {
  await check(other, "init");
  await check(one, "update cs-form --title here");
  await check(other, "update cs-form --title there");
  await check(one, "sync");
  await check(other, "sync");
  assertEquals((await other.json(["conflicts"])).length, 1);
  await check(other, "conflicts");
  await check(other, "resolve cs-form --keep");
  assertEquals(await other.json(["conflicts"]), []);
}
