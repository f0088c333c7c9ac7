import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

/** Says that it was told to end, and takes its time. */
const SLOW = `trap 'echo told >>told; ${until("go")}; exit 1' TERM
echo began >>effects
while :; do sleep 0.02; done
`;

function until(name: string): string {
  return `while ! test -e ${name}; do sleep 0.02; done`;
}

/** A process that the system's clock tells from one with id `pid`: they did not begin in one tick of it. */
async function begunAfter(pid: string): Promise<Deno.ChildProcess> {
  const tickOf = (pid: string | number) =>
    Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ")[19];
  const tick = tickOf(pid);
  while (true) {
    const stranger = new Deno.Command("sleep", { args: ["60"] }).spawn();
    if (tickOf(stranger.pid) !== tick) return stranger;
    stranger.kill("SIGKILL");
    await stranger.status;
  }
}

/** How a step is written whose shell goes at once, has a say in its end, or is sent through a filter. */
const KINDS = {
  "that goes at once": `run: 'test -e go || sh ./slow.sh'`,
  "that has a say in its end": `run: 'test -e go || . ./slow.sh'`,
  "with secrets": `secrets: [TOKEN], run: 'test -e go || sh ./slow.sh'`,
};

describe("a command that its driver was ending when it was killed", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await write("slow.sh", SLOW);
  });
  afterEach(() => repository.end());

  const write = (path: string, text: string) => Deno.writeTextFile(join(repository.folder, path), text);
  const env = { TOKEN: "hunter2hunter2" };
  const run = () => repository.gt(["mol", "run", "ends", "--json"], { env });

  /** Kills the driver once the command was told to end. */
  async function killed({ signal }: { signal?: "SIGTERM" } = {}): Promise<void> {
    const driver = repository.begin(["mol", "run", "ends"], { env });
    await repository.holds("effects", "began");
    if (signal) driver.kill(signal);
    await repository.holds("told", "told");
    driver.kill("SIGKILL");
    await driver.ended;
  }

  for (const [kind, step] of Object.entries(KINDS)) {
    it(`because its time was over, is tried again for that: a shell ${kind}`, async () => {
      const retry = "retry: { attempts: 2, on: [timeout] }";
      await repository.molecule(
        "ends",
        `molecule: ends\nsteps:\n  - { id: a, timeout: 2s, ${retry}, ${step} }\n`,
      );
      await killed();
      await write("go", "");
      const { code, stdout } = await run();
      assertEquals(code, 0, stdout);
      assertEquals(JSON.parse(stdout).steps[0].attempt, 2);
      assertEquals(repository.counts("effects"), { began: 1 });
    });

    it(`because its driver was told to end, begins again: a shell ${kind}`, async () => {
      await repository.molecule("ends", `molecule: ends\nsteps:\n  - { id: a, ${step} }\n`);
      await killed({ signal: "SIGTERM" });
      await write("go", "");
      const { code, stdout } = await run();
      assertEquals(code, 0, stdout);
      assertEquals(repository.counts("effects"), { began: 1 });
    });
  }
});

describe("a command whose driver was killed", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const write = (path: string, text: string) => Deno.writeTextFile(join(repository.folder, path), text);

  it("has its own end also where a script that it reads has a say in it", async () => {
    await write("lib.sh", `trap 'rm -f temporary' EXIT\n`);
    await repository.molecule(
      "reads",
      `molecule: reads\nsteps:\n  - { id: a, run: '. ./lib.sh; echo began >>effects; ${until("go")}' }\n`,
    );
    const driver = repository.begin(["mol", "run", "reads"]);
    await repository.holds("effects", "began");
    driver.kill("SIGKILL");
    await driver.ended;
    await write("go", "");
    assertEquals((await repository.gt(["mol", "run", "reads"])).code, 0);
    assertEquals(repository.counts("effects"), { began: 1 });
  });

  it("is not taken for a stranger that has its number, however soon that was", async () => {
    await repository.molecule(
      "soon",
      `molecule: soon\nsteps:\n  - { id: a, timeout: 1s, run: 'echo $$ >pid; ${until("go")}' }\n`,
    );
    const fault = { GT_FAULT: `mol.after-start:${join(repository.folder, "fault")}` };
    assertEquals((await repository.gt(["mol", "run", "soon"], { env: fault })).code, 137);
    await repository.holds("pid", "\n");
    const pid = repository.read("pid").trim();
    const [run] = [...Deno.readDirSync(join(repository.folder, ".beads", "runs"))];
    const record = `.beads/runs/${run!.name}/lane-0.record`;
    await repository.holds(record, "\n");
    const stranger = await begunAfter(pid);
    try {
      const [before, after] = [` ${pid} `, ` ${stranger.pid} `];
      Deno.kill(-Number(pid), "SIGKILL");
      await write(record, repository.read(record).replace(before, after));
      const { code, stdout } = await repository.gt(["mol", "run", "soon", "--json"]);
      assertEquals([code, JSON.parse(stdout).steps[0].reason_kind], [1, "unknown"]);
      stranger.kill("SIGINT");
      assertEquals((await stranger.status).signal, "SIGINT");
    } finally {
      await stranger.status;
    }
  });
});

describe("a command that is ended together with its shell", () => {
  it("has its code with secrets too, and its log has nothing of how that is known", async () => {
    const repository = await createTestRepository();
    try {
      await repository.molecule(
        "all",
        "molecule: all\nsteps:\n  - { id: a, secrets: [TOKEN], run: 'echo begun; kill -TERM 0; sleep 60' }\n",
      );
      const { stdout } = await repository.gt(["mol", "run", "all", "--json"], {
        env: { TOKEN: "hunter2hunter2" },
      });
      assertEquals(JSON.parse(stdout).steps[0].reason, "exit code 143, signal 15");
      const { stdout: log } = await repository.gt(["mol", "logs", "all"]);
      assertStringIncludes(log, "│ begun");
      assertEquals(log.includes("gt-step"), false, log);
    } finally {
      await repository.end();
    }
  });
});

describe("a step with a name longer than that of a file", () => {
  it("has input and results kept like others", async () => {
    const repository = await createTestRepository();
    try {
      const id = "long".repeat(75);
      await repository.molecule(
        "named",
        `molecule: named\nsteps:\n  - { id: ${id}, secrets: [TOKEN], stdin: given, run: 'cat >got', cache: { key: k, paths: [molecules] } }\n`,
      );
      const { code, stderr } = await repository.gt(["mol", "run", "named"], {
        env: { TOKEN: "hunter2hunter2" },
      });
      assertEquals([code, repository.read("got")], [0, "given"], stderr);
    } finally {
      await repository.end();
    }
  });
});
