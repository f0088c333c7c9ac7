import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestTown, type TestTown } from "./town_fixture.ts";

/** What a worker's session is, for a call made by hand. */
function sessionOf(bead: string, n = 1): Record<string, string> {
  return {
    ...{ GT_ROLE: "worker", GT_RIG: "app", GT_WORKER: "1", BD_ACTOR: "worker-1" },
    ...{ GT_BEAD: bead, GT_ATTEMPT: String(n) },
  };
}

/** A folder that a command of a checklist was run in, as it writes it down. */
function placeWritten(town: TestTown): string {
  try {
    return Deno.readTextFileSync(join(town.root, "place"));
  } catch {
    return "";
  }
}

describe("a step of a bead that a worker is at", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
    await Deno.writeTextFile(
      join(town.folder, "molecules", "chk.yaml"),
      "molecule: chk\nsteps:\n  - { id: change, title: Change it }\n" +
        `  - { id: test, needs: [change], run: 'pwd >"${town.root}/place"; test -e proof' }\n` +
        "  - { id: note, needs: [test], title: Note it }\n",
    );
  });
  afterEach(() => town.end());

  it("is closed by nobody else, and its command is not run elsewhere, whatever the words", async () => {
    await town.must(["--as", "bd", "create", "Do one", "--id", "app-one"]);
    await town.must(["--as", "bd", "create", "Do two", "--id", "app-two"]);
    await town.must(["sling", "app-one", "app", "--molecule", "chk"]);
    const others = [{}, sessionOf("app-two"), { GT_ROLE: "coordinator", BD_ACTOR: "coordinator" }];
    const ways = [
      ["close", "app-one.1", "--continue"],
      ["close", "app-one.1"],
      ["close", "app-one.2", "--continue"],
      ["update", "app-one.1", "--status", "closed"],
      ["update", "app-one.1", "--assignee", "ann"],
      ["defer", "app-one.1"],
      ["delete", "app-one.1", "--force"],
      ["duplicate", "app-one.1", "--of", "app-two"],
      ["supersede", "app-one.1", "--with", "app-two"],
    ];
    for (const env of others) {
      for (const words of ways) {
        const { code, stderr } = await town.gt(["--as", "bd", ...words], env);
        assertEquals([code, words], [1, words]);
        assertStringIncludes(stderr, 'step "app-one.', words.join(" "));
        assertStringIncludes(stderr, 'is at "app-one" (attempt 1)');
        assertStringIncludes(stderr, "gt unsling app-one takes it back");
        assertEquals(stderr.includes("--force does it"), ["close", "update"].includes(words[0]!));
      }
    }
    assertEquals(placeWritten(town), "");
    const own = await town.gt(["--as", "bd", "close", "app-one.1"], sessionOf("app-one"));
    assertEquals(own.code, 0, own.stderr);
    const forced = await town.gt(["--as", "bd", "close", "app-one.2", "app-one.3", "--force"]);
    assertEquals(forced.code, 0, forced.stderr);
    assertEquals((await town.json(["bd", "mol", "progress", "app-one"])).completed, 3);
  });

  it("can be closed with --force: a command that follows runs with the worker, who goes on", async () => {
    await town.plan([{ id: "app-one", script: "- wait: { file: go }\n- steps\n- no-code: all said\n" }]);
    await town.must(["sling", "app-one", "app", "--molecule", "chk"]);
    const early = await town.gt(["--as", "bd", "close", "app-one.1", "--continue", "--force"]);
    assertEquals(early.code, 0, early.stderr);
    assertStringIncludes(early.stdout, "Next (1 of 3 done):\napp-one.2");
    assertStringIncludes(early.stdout, "It is for the worker of app-one: app");
    assertEquals(placeWritten(town), "");
    await town.must(["--as", "bd", "reopen", "app-one.1"]);

    await town.must(["start"]);
    const working = () => town.attempt("app-one").then((attempt) => attempt?.state === "working");
    await town.until("the worker is at it", working);
    const worktree = join(town.folder, "rigs", "app", "workers", "1");
    const force = ["--as", "bd", "close", "app-one.1", "--continue", "--force"];
    const red = await town.gt(force);
    assertEquals(red.code, 1);
    assertStringIncludes(red.stdout, "ended with exit code 1. It is for the worker of app-one: worker-1");
    assertEquals(placeWritten(town), `${worktree}\n`);
    await Deno.writeTextFile(join(worktree, "proof"), "");
    const green = await town.gt(force);
    assertEquals(green.code, 0, green.stderr);
    assertStringIncludes(green.stdout, "Next (2 of 3 done):\napp-one.3");
    const [{ steps }] = await town.json(["bd", "mol", "current", "app-one"]);
    assertEquals(steps.map(({ status }: { status: string }) => status), ["done", "done", "ready"]);
    await Deno.writeTextFile(join(town.folder, "go"), "");
    await town.landed(60);
  });

  it("runs its command in the worktree, wherever its worker calls from", async () => {
    await town.plan([{ id: "app-one", script: "- wait: { file: go }\n- no-code: all said\n" }]);
    await town.must(["sling", "app-one", "app", "--molecule", "chk"]);
    await town.must(["start"]);
    const working = () => town.attempt("app-one").then((attempt) => attempt?.state === "working");
    await town.until("the worker is at it", working);
    const session = sessionOf("app-one");
    assertEquals((await town.gt(["--as", "bd", "close", "app-one.1", "--continue"], session)).code, 1);
    assertEquals(placeWritten(town), `${join(town.folder, "rigs", "app", "workers", "1")}\n`);
  });
});
