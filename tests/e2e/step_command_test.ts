import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { callWords } from "./program.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

/** A checklist whose command says when it begins and ends, waits in between for a file, and ends with what is in that. */
const SLOW = `molecule: slow
steps:
  - { id: a, title: Begin }
  - { id: b, needs: [a], run: "echo begin $$ >>L; until test -s go || ! test -e L; do sleep 0.02; done; echo said; echo end >>L; exit $(cat go)" }
  - { id: c, needs: [b], title: End }
`;

describe("the command of a checklist's step", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    assertEquals((await repository.bd(["init", "--prefix", "cs"])).code, 0);
    await repository.molecule("slow", SLOW);
    assertEquals((await repository.bd(["mol", "pour", "slow", "--id", "cs-z"])).code, 0);
  });
  afterEach(() => repository.end());

  const begin = (...words: string[]) =>
    repository.begin(["--as", "bd", "close", ...words, "--continue"], {
      env: { BD_ACTOR: "ann", NO_COLOR: "1" },
    });
  const letEnd = (code: number) => Deno.writeTextFile(join(repository.folder, "go"), `${code}\n`);
  const shell = () => Number(/begin (\d+)/.exec(repository.read("L"))![1]);
  const times = (what: string) => repository.read("L").match(new RegExp(what, "g"))?.length ?? 0;

  it("is run once, however many ask for it at the same time, and all of them go on once it has ended", async () => {
    const first = begin("cs-z.1");
    await repository.holds("L", "begin");
    const others = [begin("cs-z.1"), begin("cs-z.2")];
    for (const other of others) await other.says("waiting for its end");
    await letEnd(0);
    for (const call of [first, ...others]) {
      const { code, stdout, stderr } = await call.ended;
      assertEquals([code, stderr], [0, ""], stdout);
      assertMatch(stdout, /\n(Now yours|Next) \(2 of 3 done\):\ncs-z\.3 /);
    }
    assertStringIncludes((await first.ended).stdout, "; exit $(cat go)\n    │ said\n✓ Closed cs-z.2: b\n");
    assertEquals([times("begin"), times("end")], [1, 1]);
  });

  it("goes on when bd is killed, is found again, and its failure is told once and then repaired", async () => {
    const first = begin("cs-z.1");
    await repository.holds("L", "begin");
    first.kill("SIGKILL");
    await first.ended;
    const second = begin("cs-z.1");
    await second.says("begun by ann: waiting for its end");
    second.kill("SIGKILL");
    await second.ended;
    await letEnd(3);
    await repository.holds("L", "end");
    const third = await begin("cs-z.1").ended;
    assertEquals(third.code, 1);
    assertMatch(
      third.stdout,
      /│ said\n\n✗ cs-z\.2 "b" ended with exit code 3\. It is yours\.\nRepair it, then: /,
    );
    assertEquals(times("begin"), 1);
    await letEnd(0);
    assertEquals((await begin("cs-z.2").ended).code, 0);
    assertEquals(times("begin"), 2);
  });

  it("that has succeeded unseen counts", async () => {
    const first = begin("cs-z.1");
    await repository.holds("L", "begin");
    first.kill("SIGKILL");
    await first.ended;
    await letEnd(0);
    await repository.holds("L", "end");
    const { code, stdout } = await begin("cs-z.1").ended;
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "Now yours (2 of 3 done):\ncs-z.3");
    assertEquals(times("begin"), 1);
  });

  it("of which nobody knows how it ended is run again only by who asks for it, having been told", async () => {
    const first = begin("cs-z.1");
    await repository.holds("L", "begin");
    first.kill("SIGKILL");
    await first.ended;
    Deno.kill(shell(), "SIGKILL");
    for (let call = 0; call < 2; call++) {
      const { code, stdout } = await begin("cs-z.1").ended;
      assertEquals(code, 1);
      assertStringIncludes(stdout, '✗ cs-z.2 "b" has ended, and nobody knows how. It is yours.');
      assertStringIncludes(stdout, "See what it has done, then run it again: bd close cs-z.2 --continue");
    }
    assertEquals(times("begin"), 1);
    await letEnd(0);
    assertEquals((await begin("cs-z.2").ended).code, 0);
    assertEquals(times("begin"), 2);
  });

  it("of which nobody knows how it ended is not run by the first call that names it", async () => {
    assertEquals((await repository.bd(["close", "cs-z.1"])).code, 0);
    const first = begin("cs-z.2");
    await repository.holds("L", "begin");
    first.kill("SIGKILL");
    await first.ended;
    Deno.kill(shell(), "SIGKILL");
    const told = await begin("cs-z.2", "--json").ended;
    const { error } = JSON.parse(told.stderr);
    assertEquals([told.code, error.code], [1, "command_lost"]);
    assertEquals(error.message, 'Cannot close "cs-z.2": its command has ended, and nobody knows how');
    await letEnd(0);
    assertEquals((await begin("cs-z.2").ended).code, 0);
    assertEquals(times("begin"), 2);
  });

  it("that had not begun when bd was killed is begun", async () => {
    for (const point of ["mol.after-write", "ledger.before-commit"]) {
      const fault = join(repository.folder, point);
      const killed = await repository.begin(["--as", "bd", "close", "cs-z.1", "--continue"], {
        env: { GT_FAULT: `${point}:${fault}` },
      }).ended;
      assertEquals(killed.code, 137);
    }
    await letEnd(0);
    const { code, stdout } = await begin("cs-z.1").ended;
    assertEquals(code, 0, stdout);
    assertEquals(times("begin"), 1);
  });

  it("is ended when bd is told to end, and run again by the next call", async () => {
    const first = begin("cs-z.1");
    await repository.holds("L", "begin");
    const pid = shell();
    first.kill("SIGINT");
    const { code, stderr } = await first.ended;
    assertEquals(code, 130);
    assertStringIncludes(stderr, 'Interrupted: the command of "cs-z.2" was ended');
    assert(!await isAlive(pid));
    await letEnd(0);
    assertEquals((await begin("cs-z.1").ended).code, 0);
    assertEquals([times("begin"), times("end")], [2, 1]);
  });

  it("has its time counted from when it began, by whoever waits for it", async () => {
    await repository.molecule("slow", SLOW.replace("id: b,", "id: b, timeout: 1500ms,"));
    assertEquals((await repository.bd(["mol", "pour", "slow", "--id", "cs-t"])).code, 0);
    const first = begin("cs-t.1");
    await repository.holds("L", "begin");
    first.kill("SIGKILL");
    await first.ended;
    const { code, stdout } = await begin("cs-t.1").ended;
    assertEquals(code, 1);
    assertStringIncludes(stdout, '✗ cs-t.2 "b" took longer than 1s500ms. It is yours.');
    assert(!await isAlive(shell()));
  });
});

/** Whether a process does anything yet; one that only waits to be collected does not. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await callWords(["ps", "-o", "stat=", "-p", String(pid)]);
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
