import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { type Bench, inLedger } from "./bd_fixture.ts";
import { gt } from "./program.ts";

/** Gates as other tools write them into an issues.jsonl; times in nanoseconds. */
function gate(id: string, awaits: Record<string, unknown>, created = "2026-01-01T00:00:00Z"): string {
  const record = {
    id,
    title: `Gate ${id}`,
    status: "open",
    issue_type: "gate",
    created_at: created,
    ...awaits,
  };
  return `${JSON.stringify(record)}\n`;
}

/** A stand-in for `gh` that answers by the number it is asked for. */
function gh(folder: string): Record<string, string> {
  const bin = join(folder, "bin");
  Deno.mkdirSync(bin);
  const answers = `#!/bin/sh
case "$1 $3" in
  "run 7") echo '{"status":"completed","conclusion":"success"}' ;;
  "run 8") echo '{"status":"completed","conclusion":"failure"}' ;;
  "run --workflow") echo '[{"status":"in_progress","conclusion":""}]' ;;
  "pr 9") echo '{"state":"MERGED"}' ;;
  *) echo "no such thing" >&2; exit 1 ;;
esac
`;
  Deno.writeTextFileSync(join(bin, "gh"), answers, { mode: 0o755 });
  return { PATH: `${bin}:${Deno.env.get("PATH")}` };
}

async function outcomes(bench: Bench, env: Record<string, string>, ...words: string[]) {
  const { code, stdout } = await bench.bd(["gate", "check", ...words, "--json"], { env });
  const { gates, ...counts } = JSON.parse(stdout);
  return { code, counts, gates: gates.map((one: { id: string; outcome: string }) => [one.id, one.outcome]) };
}

describe("bd gate", () => {
  it("opens what may open: timers, beads, runs and pull requests; and tells of what is late or failed", () =>
    inLedger(async (bench) => {
      const { bd, json } = bench;
      await bd(["create", "Done", "--id", "cs-done"]);
      await bd(["create", "Waits", "--id", "cs-waits"]);
      const hour = 3_600_000_000_000;
      const file = join(bench.folder, "gates.jsonl");
      const soon = new Date().toISOString();
      Deno.writeTextFileSync(
        file,
        gate("cs-g1", { await_type: "timer", timeout: hour }) +
          gate("cs-g2", { await_type: "timer", timeout: hour }, soon) +
          gate("cs-g3", { await_type: "bead", await_id: "cs-done" }) +
          gate("cs-g4", { await_type: "gh:run", await_id: "7" }) +
          gate("cs-g5", { await_type: "gh:run", await_id: "8" }) +
          gate("cs-g6", { await_type: "gh:run", await_id: "release.yml" }) +
          gate("cs-g7", { await_type: "gh:pr", await_id: "9" }) +
          gate("cs-g8", { await_type: "human", timeout: hour }) +
          gate("cs-g9", { await_type: "human" }),
      );
      assertEquals((await bd(["import", file])).code, 0);
      await bd(["dep", "add", "cs-waits", "cs-g1"]);
      assertEquals((await json(["blocked"])).map((one: { id: string }) => one.id), ["cs-waits"]);
      await bd(["close", "cs-done"]);
      const env = gh(bench.folder);
      const expected = [
        ["cs-g1", "resolved"],
        ["cs-g3", "resolved"],
        ["cs-g4", "resolved"],
        ["cs-g5", "escalated"],
        ["cs-g6", "waiting"],
        ["cs-g7", "resolved"],
        ["cs-g8", "escalated"],
        ["cs-g9", "waiting"],
        ["cs-g2", "waiting"],
      ];
      const counts = { checked: 9, resolved: 4, escalated: 2, errors: 0 };
      const dry = await outcomes(bench, env, "--dry-run");
      assertEquals(dry, { code: 0, counts: { ...counts, dry_run: true }, gates: expected });
      assertEquals((await json(["gate", "list"])).length, 9);
      assertEquals((await outcomes(bench, env)).counts, { ...counts, dry_run: false });
      assertEquals((await json(["gate", "list"])).length, 5);
      assertEquals((await json(["ready"])).map((one: { id: string }) => one.id), ["cs-waits"]);
      const none = await outcomes(bench, { PATH: "/nonexistent" }, "cs-g6");
      assertEquals([none.code, none.gates], [1, [["cs-g6", "error"]]]);
      assertStringIncludes((await bd(["gate", "list"])).stdout, "waits for gh:run release.yml");
      assertEquals(
        (await json(["gate", "resolve", "cs-g9", "-r", "looked at it"])).close_reason,
        "looked at it",
      );
      const again = await bd(["gate", "resolve", "cs-g9"]);
      assertEquals([again.code, again.stdout], [0, "✓ Already open cs-g9: Gate cs-g9\n"]);
      await json(["gate", "resolve", "cs-g9", "-r", "looked at it"]);
      const other = await bench.refusal(["gate", "resolve", "cs-g9", "-r", "again"]);
      assertEquals([other.code, other.message], [
        "gate_closed",
        'Cannot open "cs-g9": it is over, looked at it',
      ]);
      const opened = await outcomes(bench, env, "cs-g9", "cs-g1");
      assertEquals(opened.counts, { checked: 2, resolved: 0, escalated: 0, errors: 0, dry_run: false });
      assertEquals(opened.gates, [["cs-g9", "open"], ["cs-g1", "open"]]);
      const approve = await gt(["gate", "approve", "cs-g8"], { cwd: bench.folder });
      assertEquals(approve.code, 1);
      assertStringIncludes(approve.stderr, "no run of a workflow waits at this gate");
      const [, hint] = /hint: Open it: (bd .*)\n/.exec(approve.stderr)!;
      assertEquals(hint, "bd gate resolve cs-g8");
      const reject = await gt(["gate", "reject", "cs-g8", "--reason", "no"], { cwd: bench.folder });
      assertStringIncludes(reject.stderr, 'bd close cs-g8 --reason "rejected: WHY"');
      assertEquals((await bd(["close", "cs-g8", "--reason", "rejected: no"])).code, 0);
      assertEquals((await bench.refusal(["gate", "resolve", "cs-waits"])).code, "not_a_gate");
      assertEquals((await json(["gate", "list", "--all"])).length, 9);
    }));

  it("shows formulas and what they come to", () =>
    inLedger(async ({ bd, json }) => {
      const listed = await json(["formula", "list"]);
      assertEquals(listed.some((one: { name: string }) => one.name === "worker-work"), true);
      assertStringIncludes((await bd(["formula", "show", "worker-work"])).stdout, "worker-work");
      assertEquals((await json(["cook", "worker-work"])).molecule, "worker-work");
    }));
});
