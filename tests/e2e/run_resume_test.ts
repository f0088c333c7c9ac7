import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createTestClones, createTestRepository, type TestRepository } from "./run_fixture.ts";

/** A step that says it began, then goes on only when somebody writes into the pipe `go`. */
const WAITS = `molecule: waits
steps:
  - { id: first, run: 'echo first >>effects' }
  - { id: long, needs: [first], run: 'echo long >>effects; echo began; read -r line <go; echo "got $line"', outputs: { said: '{{ stdout }}' } }
  - { id: last, needs: [long], run: 'echo last >>effects' }
`;

describe("a run that is gone on with", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("waits", WAITS);
    await new Deno.Command("mkfifo", { args: [join(repository.folder, "go")] }).output();
  });
  afterEach(() => repository.end());

  const write = (text: string) => Deno.writeTextFile(join(repository.folder, "go"), text);

  it("finds the command that its dead driver left running, and does not begin it again", async () => {
    const one = repository.begin(["mol", "run", "waits"]);
    await repository.holds("effects", "long");
    one.kill("SIGKILL");
    await one.ended;
    const two = repository.begin(["mol", "run", "waits", "--json"]);
    await write("yes\n");
    const { code, stdout, stderr } = await two.ended;
    assertEquals(code, 0, stderr);
    const { steps } = JSON.parse(stdout);
    assertEquals(steps[1].outputs, { said: "began\ngot yes\n" });
    assertEquals(steps[1].attempt, 1);
    assertEquals(repository.counts("effects"), { first: 1, long: 1, last: 1 });
  });

  it("does not look for the process of a command after the machine was started anew", async () => {
    const one = repository.begin(["mol", "run", "waits"]);
    await repository.holds("effects", "long");
    one.kill("SIGKILL");
    await one.ended;
    const database = new DatabaseSync(join(repository.folder, ".beads", "local", "ephemeral.db"));
    const changed = database.prepare(
      "UPDATE ephemeral SET value = json_set(value, '$.boot', 'before') WHERE kind = 'mol-driver'",
    ).run();
    database.close();
    assertEquals(changed.changes, 1);
    const { code, stdout } = await repository.gt(["mol", "run", "waits", "--json"]);
    assertEquals(code, 1);
    assertEquals(JSON.parse(stdout).steps[1].reason_kind, "unknown");
    await write("yes\n");
  });

  it("is not driven twice at a time", async () => {
    const one = repository.begin(["mol", "run", "waits"]);
    await one.says("▸ long");
    const { code, stdout, stderr } = await repository.gt(["mol", "run", "waits"]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `ann does, in process ${one.pid}`);
    await write("yes\n");
    assertEquals((await one.ended).code, 0);
    assertEquals(repository.counts("effects"), { first: 1, long: 1, last: 1 });
  });

  it("is lost to a driver that takes it, whose commands are then the only ones", async () => {
    const one = repository.begin(["mol", "run", "waits"]);
    await one.says("▸ long");
    const two = repository.begin(["mol", "run", "waits", "--take-over", "--json"]);
    const lost = await one.ended;
    assertEquals(lost.code, 1);
    assertStringIncludes(lost.stderr, "another driver has taken it");
    await write("yes\n");
    const { code, stdout } = await two.ended;
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout).steps.map(({ attempt }: { attempt: number }) => attempt), [1, 1, 1]);
    assertEquals(repository.counts("effects"), { first: 1, long: 1, last: 1 });
  });

  it("is not held up by a driver that was overtaken before it could begin anything", async () => {
    const path = (name: string) => join(repository.folder, name);
    const one = repository.begin(["mol", "run", "waits"]);
    await repository.holds("effects", "long");
    one.kill("SIGTERM");
    await one.ended;
    await new Deno.Command("mkfifo", { args: [path("stand")] }).output();
    const resume = ["mol", "resume", "waits", "--take-over"];
    const two = repository.begin(resume, { env: { GT_FAULT: `ledger.after-commit@1:${path("stand")}` } });
    // It stands where it has the run, and has not told the shells of others.
    const stand = await Deno.open(path("stand"), { write: true });
    const three = repository.begin(resume);
    await repository.holds("effects", "long\nlong");
    stand.close();
    const overtaken = await two.ended;
    assertEquals(overtaken.code, 1);
    assertStringIncludes(overtaken.stderr, "another driver has taken it");
    await write("yes\n");
    assertEquals((await three.ended).code, 0);
    assertEquals(repository.counts("effects"), { first: 1, long: 2, last: 1 });
    const { steps } = JSON.parse((await repository.gt(["mol", "status", "waits", "--json"])).stdout);
    assertEquals(steps.map(({ attempt }: { attempt: number }) => attempt), [1, 2, 1]);
  });

  it("ends its command when it is interrupted, and begins it again later", async () => {
    for (const [count, signal] of (["SIGTERM", "SIGINT"] as const).entries()) {
      const one = repository.begin(["mol", "run", "waits"]);
      await repository.holds("effects", "long\n".repeat(count + 1));
      one.kill(signal);
      const { code, stdout } = await one.ended;
      assertEquals(code, 130);
      assertStringIncludes(stdout, "it goes on with: gt mol resume repo-mol-");
    }
    const two = repository.begin(["mol", "run", "waits"]);
    await write("yes\n");
    assertEquals((await two.ended).code, 0);
    assertEquals(repository.counts("effects"), { first: 1, long: 3, last: 1 });
  });
});

describe("a run that is interrupted twice", () => {
  it("kills at once a command that does not end, says how it goes on, and does", async () => {
    const repository = await createTestRepository();
    try {
      await repository.molecule(
        "stays",
        `molecule: stays
steps:
  - id: a
    run: |
      grep -q told effects && exit
      trap 'echo told >>effects' TERM
      echo $$ >>effects.pid
      echo begun >>effects
      while :; do sleep 0.05 || :; done
`,
      );
      await Deno.writeTextFile(join(repository.folder, "effects"), "");
      const one = repository.begin(["mol", "run", "stays"]);
      await repository.holds("effects", "begun\n");
      const pid = Number(await Deno.readTextFile(join(repository.folder, "effects.pid")));
      one.kill("SIGINT");
      await repository.holds("effects", "told\n");
      one.kill("SIGINT");
      const { code, stdout } = await one.ended;
      assertEquals(code, 130);
      assertStringIncludes(stdout, "it goes on with: gt mol resume repo-mol-");
      assertThrows(() => Deno.kill(pid, "SIGCONT"));
      assertEquals((await repository.gt(["mol", "run", "stays"])).code, 0);
    } finally {
      await repository.end();
    }
  });
});

describe("a run that was started to ignore signals", () => {
  it("goes on after them, as under nohup and in the background of a script", async () => {
    const repository = await createTestRepository();
    try {
      await repository.molecule("waits", WAITS);
      await new Deno.Command("mkfifo", { args: [join(repository.folder, "go")] }).output();
      const one = repository.begin(["mol", "run", "waits"], { ignoring: ["HUP", "INT"] });
      await repository.holds("effects", "long");
      for (const signal of ["SIGHUP", "SIGINT"] as const) one.kill(signal);
      await Deno.writeTextFile(join(repository.folder, "go"), "yes\n");
      const { code, stdout } = await one.ended;
      assertEquals(code, 0, stdout);
      const two = repository.begin(["mol", "run", "waits"], { ignoring: ["INT"] });
      await repository.holds("effects", "last\nfirst\nlong");
      two.kill("SIGHUP");
      assertEquals((await two.ended).code, 130);
    } finally {
      await repository.end();
    }
  });
});

describe("which run the same command goes on with", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const text = (url: string) =>
    `molecule: fetch
vars: { url: { default: ${url} }, tag: { default: none } }
steps:
  - { id: a, run: 'echo "{{ tag }}" >>effects' }
  - { id: b, needs: [a], run: 'test -e ok' }
  - { id: c, needs: [a], gate: { type: timer, for: 1h } }
`;
  const run = (...args: string[]) =>
    repository.gt(["mol", "run", "fetch", "--json", ...args], { killAfterMs: 20_000 });
  const begun = async (...args: string[]) => {
    const one = repository.begin(["mol", "run", "fetch", ...args]);
    await one.says("✗ b");
    one.kill("SIGTERM");
    return /gt mol resume (\S+)/.exec((await one.ended).stdout)![1]!;
  };
  const refusal = async (...args: string[]) => {
    const { code, stderr } = await run(...args);
    assertEquals(code, 1);
    const { error } = JSON.parse(stderr);
    return `${error.code} ${/"([^"]*)"/.exec(error.message)![1]}`;
  };

  it("is the one of the same values given, also when a default has changed since", async () => {
    await repository.molecule("fetch", text("one"));
    const [plain, tagged] = [await begun(), await begun("--var", "tag=x")];
    await repository.molecule("fetch", text("two"));
    assertEquals(await refusal(), `molecule_changed ${plain}`);
    assertEquals(await refusal("--var", "tag=x"), `molecule_changed ${tagged}`);
    assertEquals(repository.counts("effects"), { none: 1, x: 1 });
    const other = await begun("--var", "tag=y");
    assertEquals([plain, tagged].includes(other), false);
    assertEquals((await repository.gt(["mol", "upgrade", plain])).code, 0);
    const one = repository.begin(["mol", "run", "fetch"]);
    await one.says(`going on with ${plain}`);
    one.kill("SIGTERM");
    await one.ended;
    assertEquals(repository.counts("effects"), { none: 1, x: 1, y: 1 });
  });

  it("is the one that has the values given where an earlier version did not note which were", async () => {
    await repository.molecule("fetch", text("one"));
    const tagged = await begun("--var", "tag=x");
    const { metadata } = JSON.parse((await repository.bd(["show", tagged, "--json"])).stdout)[0];
    const { given, ...rest } = metadata.run;
    assertEquals(given, { tag: "x" });
    await repository.bd(["update", tagged, "--metadata", JSON.stringify({ ...metadata, run: rest })]);
    await repository.molecule("fetch", text("two"));
    assertEquals(await refusal("--var", "tag=x"), `molecule_changed ${tagged}`);
    const other = await begun("--var", "tag=y");
    assertEquals(other === tagged, false);
  });
});

describe("a run on two clones", () => {
  let clones: [TestRepository, TestRepository];
  beforeEach(async () => void (clones = await createTestClones()));
  afterEach(() => clones[0].end());

  const MOVES = `molecule: moves
steps:
  - { id: first, run: 'echo "$GT_STEP_KEY" >>../effects; echo 7', outputs: { n: '{{ stdout.trim() }}' } }
  - { id: gate, needs: [first], run: 'echo "$GT_STEP_KEY" >>../effects; while test -e ../hold; do sleep 0.02; done', retry: { attempts: 2, delay: 1ms, on: [exit, unknown] } }
  - { id: last, needs: [gate], run: 'echo "{{ steps.first.outputs.n }}" >>../effects' }
`;
  const effects = () => Deno.readTextFileSync(join(clones[0].folder, "../effects")).trim().split("\n");

  async function begun(signal: "SIGTERM" | "SIGKILL") {
    const [one, two] = clones;
    for (const clone of clones) await clone.molecule("moves", MOVES);
    const hold = join(one.folder, "../hold");
    Deno.writeTextFileSync(hold, "");
    const first = one.begin(["mol", "run", "moves"]);
    await one.holds("../effects", "/gate/1");
    first.kill(signal);
    await first.ended;
    Deno.removeSync(hold);
    assertEquals((await one.bd(["sync"])).code, 0);
    return [one, two] as const;
  }

  it("goes on where it was interrupted on the other, once that has the ledger", async () => {
    const [one, two] = await begun("SIGTERM");
    const { code, stdout, stderr } = await two.gt(["mol", "run", "moves", "--json"]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "taking in the beads");
    assertEquals(
      JSON.parse(stdout).steps.map(({ id, attempt }: { id: string; attempt: number }) => `${id} ${attempt}`),
      [
        "first 1",
        "gate 2",
        "last 1",
      ],
    );
    assertEquals(effects().map((line) => line.replace(/^.*-mol-[^/]*/, "")), [
      "/first/1",
      "/gate/1",
      "/gate/2",
      "7",
    ]);
    assertEquals((await two.bd(["sync"])).code, 0);
    assertEquals((await one.bd(["sync"])).code, 0);
    const { id } = JSON.parse(stdout);
    assertEquals(JSON.parse((await one.bd(["show", id, "--json"])).stdout)[0].status, "closed");
  });

  it("is taken from a driver that died on the other only when that is said, and its attempt ends as unknown", async () => {
    const [, two] = await begun("SIGKILL");
    const refused = await two.gt(["mol", "run", "moves"]);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "ann drives it on another machine");
    const { code, stdout, stderr } = await two.gt(["mol", "run", "moves", "--take-over", "--json"]);
    assertEquals(code, 0, stderr);
    assertEquals(JSON.parse(stdout).steps[1].attempt, 2);
    assertEquals(effects()[3], "7");
  });
});

describe("the first runs of a repository", () => {
  it("begin at once, and have the repository's name in their ids", async () => {
    const repository = await createTestRepository();
    try {
      await repository.molecule(
        "one",
        "molecule: one\nvars: { n: { required: true } }\nsteps: [{ id: a, run: 'true' }]\n",
      );
      const run = (n: number) => repository.gt(["mol", "run", "one", "--var", `n=${n}`]);
      // As far as another one may just have come with making the ledger.
      await Deno.mkdir(join(repository.folder, ".beads", "ops"), { recursive: true });
      assertStringIncludes((await run(0)).stdout, "run repo-mol-");
      await Deno.remove(join(repository.folder, ".beads"), { recursive: true });
      await Deno.mkdir(join(repository.folder, ".beads"));
      assertStringIncludes((await run(0)).stdout, "run repo-mol-");
      await Deno.remove(join(repository.folder, ".beads"), { recursive: true });
      for (const { code, stdout, stderr } of await Promise.all([1, 2, 3, 4].map(run))) {
        assertEquals(code, 0, stderr);
        assertStringIncludes(stdout, "run repo-mol-");
      }
    } finally {
      await repository.end();
    }
  });
});
