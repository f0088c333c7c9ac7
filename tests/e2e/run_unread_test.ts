import { assert, assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { gtWords } from "./program.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const TALKS = "yes told | head -c 20000";

describe("what a run tells and nobody reads", () => {
  let repository: TestRepository;
  let child: Deno.ChildProcess | undefined;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(async () => {
    await child?.stdout.cancel();
    child = undefined;
    await repository.end();
  });

  const molecule = (name: string, steps: readonly string[]) =>
    repository.molecule(name, `molecule: ${name}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`);

  /** Calls gt, and reads nothing of what it says. */
  function begin(...words: string[]): Deno.ChildProcess {
    const [program, ...rest] = gtWords;
    child = new Deno.Command(program!, {
      args: [...rest, ...words],
      cwd: repository.folder,
      env: { NO_COLOR: "1", BD_ACTOR: "ann" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    return child;
  }

  /** The steps of a run by what has become of them. */
  async function steps(name: string): Promise<Record<string, number>> {
    const { stdout } = await repository.gt(["mol", "status", name, "--json"]);
    const counts: Record<string, number> = {};
    for (const { status } of JSON.parse(stdout).steps) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  async function deadline<T>(promise: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("it never ended")), 20_000);
    });
    return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }

  it("holds neither its steps up nor their time limits, nor a signal, and the run goes on later", async () => {
    await molecule("much", [
      ...Array.from({ length: 20 }, (_, at) => `{ id: s${at}, run: '${TALKS}' }`),
      "{ id: slow, run: 'sleep 60', timeout: 300ms, allow_failure: true }",
      "{ id: last, needs: [slow], run: 'echo $$ >>last; test -e free || exec sleep 60' }",
    ]);
    const { pid, status } = begin("mol", "run", "much", "--ci", "--jobs", "2");
    await repository.holds("last", "\n");
    Deno.kill(pid, "SIGTERM");
    assertEquals((await deadline(status)).code, 130);
    const command = repository.read("last").trim();
    assertEquals(
      (await new Deno.Command("kill", { args: ["-0", command], stderr: "null" }).output()).code,
      1,
    );
    await Deno.writeTextFile(join(repository.folder, "free"), "");
    assertEquals((await repository.gt(["mol", "run", "much"])).code, 0);
    assertEquals(await steps("much"), { succeeded: 21, failed: 1 });
  });

  it("is kept for a reader who comes late, all of it", async () => {
    await molecule("much", [
      ...Array.from({ length: 30 }, (_, at) => `{ id: s${at}, run: '${TALKS}' }`),
      "{ id: last, needs: [s29], run: 'echo last >>last' }",
    ]);
    const { stdout, status } = begin("mol", "run", "much", "--ci", "--jobs", "1");
    await repository.holds("last", "last");
    const text = await deadline(new Response(stdout).text());
    child = undefined;
    assertEquals((await status).code, 0);
    assertEquals(text.split("\n").filter((line) => line === "told").length, 30 * 4000);
    assert(/✓ much succeeded in [^\n]*\n$/.test(text), text.slice(-200));
  });

  it("is kept up to a bound: then no more steps begin until it is read", async () => {
    const count = 60;
    await molecule(
      "flood",
      Array.from({ length: count }, (_, at) => `{ id: s${at}, run: 'yes told | head -c 250000' }`),
    );
    const { stdout, status } = begin("mol", "run", "flood", "--ci", "--jobs", "1");
    const isHeldUp = async () => {
      const { ready = 0, running = 0 } = await steps("flood").catch((): Record<string, number> => ({}));
      return ready > 0 && running === 0;
    };
    for (const end = Date.now() + 30_000; !await isHeldUp();) assert(Date.now() < end, "all of it began");
    const text = await deadline(new Response(stdout).text());
    child = undefined;
    assertEquals((await status).code, 0);
    assertEquals(text.split("\n").filter((line) => line === "told").length, count * 50_000);
  });
});
