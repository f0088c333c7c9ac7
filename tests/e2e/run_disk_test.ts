import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

describe("a run on a full disk", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("one", "molecule: one\nsteps: [{ id: a, run: echo a >>effects }]\n");
    assertEquals((await repository.gt(["mol", "run", "one"])).code, 0);
  });
  afterEach(() => repository.end());

  /** From now on the database that says who drives refuses what it is told, as it does on a full disk. */
  function fill(what: "INSERT" | "DELETE", { isFull = true } = {}): void {
    const database = new DatabaseSync(join(repository.folder, ".beads", "local", "ephemeral.db"));
    database.exec(
      isFull
        ? `CREATE TRIGGER full BEFORE ${what} ON ephemeral BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`
        : "DROP TRIGGER full",
    );
    database.close();
  }

  it("is refused as such where nobody can say that they drive it, and goes on later", async () => {
    fill("INSERT");
    const { code, stderr } = await repository.gt(["mol", "run", "one", "--json"]);
    assertEquals([code, JSON.parse(stderr).error.code], [1, "disk_full"]);
    fill("INSERT", { isFull: false });
    const { stdout } = await repository.gt(["mol", "run", "one"]);
    assertStringIncludes(stdout, "going on with repo-mol-");
    assertEquals(repository.counts("effects"), { a: 2 });
  });

  it("that becomes full at its end ends as its steps did", async () => {
    fill("DELETE");
    const { code, stderr } = await repository.gt(["mol", "run", "one"]);
    assertEquals([code, stderr], [0, ""]);
  });
});

describe("a run whose ledger is removed by a step of it", () => {
  it("says so, and what to write instead; what git has of it is gone on with", async () => {
    const repository = await createTestRepository();
    try {
      await repository.molecule("one", "molecule: one\nsteps: [{ id: a, run: git clean -fdxq }]\n");
      await repository.git("init", "-q");
      await repository.git("add", "-A");
      await repository.git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "All");
      const { code, stderr } = await repository.gt(["mol", "run", "one"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot go on: "${join(repository.folder, ".beads")}" was removed while`);
      assertStringIncludes(stderr, "git clean -fdx -e .beads");
      assertEquals(stderr.includes("was not made"), false);
      const again = await repository.gt(["mol", "run", "one"]);
      assertStringIncludes(again.stderr, "or was here before .beads was removed, go on here: gt mol resume");
      const taken = await repository.gt(["mol", "run", "one", "--take-over"]);
      assertStringIncludes(taken.stdout, ".beads was removed");
    } finally {
      await repository.end();
    }
  });
});
