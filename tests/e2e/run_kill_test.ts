import { assert, assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const EFFECT = 'echo "$GT_STEP_KEY" >>effects';

/** A molecule with fan-outs, retries, gates and outputs: about `rows` times seven steps. */
function moleculeOf(rows: number): string {
  const block = (n: number) => `
  - { id: a${n}, title: A, ${
    n > 0 ? `needs: [f${n - 1}], ` : ""
  }run: '${EFFECT}; echo ${n}', outputs: { n: '{{ stdout.trim() }}' } }
  - { id: b${n}, title: B, needs: [a${n}], run: '${EFFECT}; test "$GT_ATTEMPT" = 2', retry: { attempts: 3, delay: 1ms } }
  - { id: c${n}, title: C, needs: [a${n}], matrix: { x: [1, 2, 3] }, max_parallel: 2, run: '${EFFECT}; sleep 0.0{{ matrix.x }}' }
  - { id: d${n}, title: D, needs: [a${n}], when: 'int(steps.a${n}.outputs.n) % 2 == 1', run: '${EFFECT}' }
  - { id: e${n}, title: E, needs: [b${n}], gate: { type: timer, for: 2ms } }
  - { id: f${n}, title: F, needs: [c${n}, d${n}, e${n}], run: '${EFFECT}; echo {{ steps.a${n}.outputs.n }}' }`;
  return `molecule: big\nversion: 1\nsteps:${Array.from({ length: rows }, (_, n) => block(n)).join("")}
  - { id: bad, title: Bad, needs: [a0], allow_failure: true, run: '${EFFECT}; exit 7' }
finally:
  - { id: last, title: Last, run: '${EFFECT}; echo {{ status }}' }
`;
}

/** What must be the same whatever happened to the drivers. */
function essence(run: { status: string; steps: Record<string, unknown>[] }) {
  return {
    status: run.status,
    steps: run.steps.map(({ id, status, attempt, outputs, exit_code, reason }) => ({
      ...{ id, status, attempt, outputs, exit_code, reason },
    })),
  };
}

describe("a run whose driver is killed", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const run = (env: Record<string, string> = {}) =>
    repository.gt(["mol", "run", "big", "--json", "--jobs", "4"], { env });

  async function undisturbed(rows: number) {
    await repository.molecule("big", moleculeOf(rows));
    const { stdout, code, stderr } = await run();
    assertEquals(code, 0, stderr);
    const expected = {
      essence: essence(JSON.parse(stdout)),
      effects: withoutRun(repository.counts("effects")),
    };
    await Deno.remove(join(repository.folder, "effects"));
    return expected;
  }

  /** Kills one driver after the other, each at the next of the points, until one comes through. */
  async function killedAt(points: readonly string[], most: number) {
    for (let kills = 0; kills <= most; kills++) {
      const point = points[kills % points.length]!;
      const { code, stdout, stderr } = await run({
        GT_FAULT: point.split(",").map((one) => `${one}:${join(repository.folder, `.${one}-${kills}`)}`)
          .join(),
      });
      if (code === 0) return { kills, essence: essence(JSON.parse(stdout)) };
      assert(stdout === "" && !/Cannot|Error/.test(stderr), `${point}: ${code} ${stdout} ${stderr}`);
    }
    throw new Error(`${points}: killed ${most} times, and not done`);
  }

  function withoutRun(counts: Record<string, number>): Record<string, number> {
    return Object.fromEntries(
      Object.entries(counts).map(([key, count]): [string, number] => [key.slice(key.indexOf("/")), count])
        .sort(),
    );
  }

  async function sameAfterKills(options: { points: readonly string[]; rows: number; atLeast: number }) {
    const expected = await undisturbed(options.rows);
    for (const count of Object.values(expected.effects)) assertEquals(count, 1);
    const { kills, essence } = await killedAt(options.points, 2_000);
    assert(kills >= options.atLeast, `killed only ${kills} times`);
    assertEquals(essence, expected.essence);
    assertEquals(withoutRun(repository.counts("effects")), expected.effects);
  }

  it("after every write and every beginning of a command of a run of 200 steps, comes to the same", () =>
    // The first write of a driver takes the run: killed only there, nothing would ever happen.
    sameAfterKills({
      points: [2, 2, 2, 2, 2, 1, 2, 2, 2, 6].map((n) => `mol.after-start,ledger.after-commit@${n}`),
      rows: 22,
      atLeast: 140,
    }));

  it("after every end of a command, does not run it again", () =>
    sameAfterKills({ points: ["mol.after-end"], rows: 4, atLeast: 12 }));

  for (const point of ["before-append", "after-append", "after-flush", "before-commit"]) {
    it(`at ${point} of every write to the ledger, loses nothing that was written`, () =>
      sameAfterKills({ points: [`ledger.${point}@3`], rows: 2, atLeast: 3 }));
  }

  for (
    const [point, isOnDisk] of [["before-append", false], ["after-append", false], ["before-commit", true]]
  ) {
    it(`at ${point} of the write that begins a command, has ${isOnDisk ? "" : "not "}let it begin`, async () => {
      await repository.molecule("big", `molecule: big\nsteps:\n  - { id: a, run: '${EFFECT}' }\n`);
      await Deno.writeTextFile(join(repository.folder, "effects"), "");
      // After the first writes of the ledger, of the run and of its driver.
      const { code } = await run({ GT_FAULT: `ledger.${point}@4:${join(repository.folder, ".fault")}` });
      assertEquals(code, 137);
      await nobodyIn(repository.folder);
      assertEquals(repository.read("effects") !== "", isOnDisk);
      assertEquals((await run()).code, 0);
      assertEquals(withoutRun(repository.counts("effects")), { "/a/1": 1 });
    });
  }
});

/** Resolves when no process works in a folder any more. */
async function nobodyIn(folder: string): Promise<void> {
  const real = await Deno.realPath(folder);
  const worksThere = ({ name }: Deno.DirEntry) => {
    try {
      return /^\d+$/.test(name) && Deno.readLinkSync(`/proc/${name}/cwd`) === real;
    } catch {
      // It has ended.
      return false;
    }
  };
  while ([...Deno.readDirSync("/proc")].some(worksThere)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
