import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { callWords, gtWords } from "./program.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

/** Until there is a file of this name. */
const until = (name: string) => `while ! test -e ${name}; do sleep 0.02; done`;

/** What `a` leaves behind, by whatever means, prints while `b` does. */
const late = (left: (script: string) => string) =>
  `molecule: late
steps:
  - id: a
    run: '${left(`${until("b-began")}; echo LATE; echo LATER >&2; touch late`)} & echo early'
    outputs: { v: '{{ stdout }}' }
  - { id: pause, needs: [a], run: '${until("go")}' }
  - id: b
    needs: [pause]
    run: 'touch b-began; ${until("late")}; echo B'
    outputs: { v: '{{ stdout }}', e: '{{ stderr }}' }
`;

describe("what a command prints", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.molecule("late", late((script) => `(${script})`));
  });
  afterEach(() => repository.end());

  const touch = (name: string) => Deno.writeTextFile(join(repository.folder, name), "");
  const outputs = async () => {
    const { stdout } = await repository.gt(["mol", "status", "late", "--json"]);
    return JSON.parse(stdout).steps.map((step: { outputs?: unknown }) => step.outputs);
  };
  const own = [{ v: "early\n" }, undefined, { v: "B\n", e: "" }];

  it("is its own, not what an earlier one left running in the background prints meanwhile", async () => {
    await touch("go");
    assertEquals((await repository.gt(["mol", "run", "late"])).code, 0);
    assertEquals(await outputs(), own);
    const { stdout } = await repository.gt(["mol", "logs", "late"]);
    assertMatch(stdout, /✓ a .*\n {4}│ early\n.*▸ pause\n.*✓ pause.*\n.*▸ b\n.*✓ b .*\n {4}│ B\n/);
  });

  it("is its own, not what a process prints that an earlier one has sent out of its group", async () => {
    await touch("go");
    await repository.molecule("late", late((script) => `setsid sh -c "${script}"`));
    assertEquals((await repository.gt(["mol", "run", "late"])).code, 0);
    assertEquals(await outputs(), own);
  });

  it("is read whatever its keys and its step are called", async () => {
    await repository.molecule(
      "odd",
      `molecule: odd
vars: { constructor: { default: c } }
steps:
  - { id: constructor, run: 'echo ''{"constructor": 1}''', outputs: { constructor: "{{ json(stdout) }}" } }
  - id: last
    needs: [constructor]
    run: echo {{ constructor }}
    outputs: { n: "{{ steps.constructor.outputs.constructor.constructor + 1 }}" }
`,
    );
    const { stdout } = await repository.gt(["mol", "run", "odd", "--json"]);
    const outputs = JSON.parse(stdout).steps.map((step: { outputs?: unknown }) => step.outputs);
    assertEquals(outputs, [{ constructor: { constructor: 1 } }, { n: 2 }]);
  });

  it("is its own also for another driver than the one that began the earlier one", async () => {
    const one = repository.begin(["mol", "run", "late"]);
    await one.says("▸ pause");
    one.kill("SIGKILL");
    await one.ended;
    const two = repository.begin(["mol", "run", "late"]);
    await touch("go");
    const { code, stderr } = await two.ended;
    assertEquals(code, 0, stderr);
    assertEquals(await outputs(), own);
  });
});

describe("what is said of a command", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  it("that the system refuses helps: a text that is too long, too many open files", async () => {
    const long = Array.from({ length: 140 }, () => `      : ${"x".repeat(1_000)}\n`).join("");
    await repository.molecule("long", `molecule: long\nsteps:\n  - id: a\n    run: |\n${long}`);
    const refused = await repository.gt(["mol", "run", "long"]);
    assertEquals(refused.code, 1);
    assertMatch(refused.stdout, /✗ a \S+ {2}it cannot be started: its text, .* give it by `stdin`\n/);
    const rows = Array.from({ length: 60 }, (_, n) => n).join(", ");
    await repository.molecule(
      "many",
      `molecule: many\nsteps: [{ id: a, matrix: { n: [${rows}] }, run: '${until("go")}' }]\n`,
    );
    const few = callWords(
      ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", ...gtWords, "mol", "run", "many", "-j", "60"],
      { cwd: repository.folder, env: { BD_ACTOR: "ann" } },
    );
    const printed = async () => (await repository.gt(["mol", "logs", "many"])).stdout;
    const deadline = Date.now() + 20_000;
    while (!(await printed()).includes("it cannot be started") && Date.now() < deadline);
    await Deno.writeTextFile(join(repository.folder, "go"), "");
    const { code, stdout, stderr } = await few;
    assertEquals([code, stderr], [1, ""], stdout);
    assertStringIncludes(stdout, "too many files are open; run fewer commands at a time (--jobs)");
    assertMatch(stdout, /✓ a\[0\] /);
  });

  it("names pauses as they are, and failures also to whoever wants to hear nothing else", async () => {
    await repository.molecule(
      "again",
      "molecule: again\nsteps: [{ id: a, run: exit 3, retry: { attempts: 2, delay: 200ms } }]\n",
    );
    assertMatch(
      (await repository.gt(["mol", "run", "again"])).stdout,
      /↻ a \S+ {2}again in 0\.2s, exit code 3\n/,
    );
    const { code, stdout, stderr } = await repository.gt(["mol", "run", "again", "-q"]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^✗ again failed in \S+: "a" failed: exit code 3\n {2}gt mol logs repo-mol-\w+\n/);
  });
});

describe("a command of several lines", () => {
  const KINDS = {
    plain: "",
    "whose shell has a say in its end": "trap : USR1\n",
    "with secrets": "",
    "that begins as it likes": "set +e\n",
  };

  for (const [kind, first] of Object.entries(KINDS)) {
    const goesOn = first.includes("set +e");
    it(`${goesOn ? "goes on after" : "ends at"} the first that fails: ${kind}`, async () => {
      const repository = await createTestRepository();
      try {
        const lines = `${first}echo one\n(exit 3)\necho two`.replaceAll("\n", "\n      ");
        const secrets = kind === "with secrets" ? "    secrets: [TOKEN]\n" : "";
        await repository.molecule(
          "lines",
          `molecule: lines\nsteps:\n  - id: a\n${secrets}    run: |\n      ${lines}\n`,
        );
        const { code, stdout } = await repository.gt(["mol", "run", "lines", "--ci"], {
          env: { TOKEN: "hunter2" },
        });
        assertEquals(
          [code, stdout.includes("two"), stdout.includes("exit code 3")],
          goesOn ? [0, true, false] : [1, false, true],
        );
      } finally {
        await repository.end();
      }
    });
  }

  it("opens a gate only where none of them fails", async () => {
    const repository = await createTestRepository();
    try {
      const command = "command: 'false; true', every: 1h, timeout: 100ms";
      await repository.molecule(
        "asks",
        `molecule: asks\nsteps:\n  - { id: a, gate: { type: command, ${command} } }\n`,
      );
      assertEquals((await repository.gt(["mol", "run", "asks"])).code, 1);
    } finally {
      await repository.end();
    }
  });
});
