import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const EFFECT = 'echo "$GT_STEP_KEY" | cut -d/ -f2- >>effects';

describe("a run that is moved to another text", () => {
  let repository: TestRepository;
  beforeEach(async () => void (repository = await createTestRepository()));
  afterEach(() => repository.end());

  const gt = async (...args: string[]) => {
    const called = await repository.gt(["mol", ...args, "--json"]);
    assertEquals(called.code, 0, called.stderr);
    return JSON.parse(called.stdout);
  };
  const effects = () => repository.read("effects").trim().split("\n");

  /** Begins a run, and interrupts it where it waits for `hold`. */
  async function begun(text: string) {
    await Deno.writeTextFile(join(repository.folder, "hold"), "");
    await repository.molecule("m", text);
    const run = repository.begin(["mol", "run", "m"]);
    await repository.holds("effects", "hold/1");
    run.kill("SIGTERM");
    await run.ended;
    await Deno.remove(join(repository.folder, "hold"));
  }

  const HOLD = `  - { id: hold, run: '${EFFECT}; while test -e hold; do sleep 0.02; done' }\n`;
  const step = (id: string, needs = "") => `  - { id: ${id}, ${needs}run: '${EFFECT}' }\n`;
  const fan = `  - { id: fan, matrix: { n: [1, 2] }, run: '${EFFECT}' }\n`;

  it("runs a step again that was taken out of it and put back, as an attempt that never was", async () => {
    await begun(`molecule: m\nsteps:\n${step("x")}${fan}${HOLD.replace("hold,", "hold, needs: [x, fan],")}`);
    assertEquals(effects().sort(), ["fan[0]/1", "fan[1]/1", "hold/1", "x/1"]);
    for (const steps of [HOLD, step("x") + fan + HOLD]) {
      await repository.molecule("m", `molecule: m\nsteps:\n${steps}`);
      await gt("upgrade", "m");
    }
    const { steps } = await gt("resume", "m");
    assertEquals(
      steps.map(({ id, attempt }: { id: string; attempt: number }) => `${id} ${attempt}`).sort(),
      ["fan 1", "fan[0] 2", "fan[1] 2", "hold 2", "x 2"],
    );
    assertEquals(effects().slice(4).sort(), ["fan[0]/2", "fan[1]/2", "hold/2", "x/2"]);
  });

  it("runs finally what has ended as one of its steps", async () => {
    await begun(`molecule: m\nsteps:\n${step("x")}${HOLD.replace("hold,", "hold, needs: [x],")}`);
    await repository.molecule("m", `molecule: m\nsteps:\n${HOLD}finally:\n${step("x")}`);
    await gt("upgrade", "m");
    await gt("resume", "m");
    assertEquals(effects(), ["x/1", "hold/1", "hold/2", "x/2"]);
  });

  it("goes on without the step that failed, once that was taken out of it", async () => {
    const bad = "  - { id: bad, run: exit 3 }\n";
    const end = `finally:\n${step("end")}`;
    for (
      const [steps, without] of [
        [step("x") + bad, step("x")],
        [step("x") + bad + step("y", "needs: [bad], "), step("x") + step("y", "needs: [x], ")],
      ]
    ) {
      await Deno.writeTextFile(join(repository.folder, "effects"), "");
      await repository.molecule("m", `molecule: m\nsteps:\n${steps}${end}`);
      assertEquals((await repository.gt(["mol", "run", "m"])).code, 1);
      await repository.molecule("m", `molecule: m\nsteps:\n${without}${end}`);
      await gt("upgrade", "m");
      assertEquals((await gt("retry", "m")).status, "succeeded");
      assertEquals(effects(), ["x/1", "end/1", ...(steps!.includes("y") ? ["y/1"] : []), "end/2"]);
      const { code, stderr } = await repository.gt(["mol", "retry", "m"]);
      assertEquals([code, stderr.includes("the run is succeeded")], [1, true], stderr);
    }
  });

  const OUTER = `molecule: outer
steps:
  - { id: sub, molecule: m }
  - { id: last, needs: [sub], run: '${EFFECT}' }
`;

  /** Begins a run that waits for `hold` in a run that is nested in it. */
  async function nested() {
    await Deno.writeTextFile(join(repository.folder, "hold"), "");
    await repository.molecule("m", `molecule: m\nsteps:\n${HOLD}`);
    await repository.molecule("outer", OUTER);
    const run = repository.begin(["mol", "run", "outer", "--json"]);
    await repository.holds("effects", "hold/1");
    return run;
  }

  it("lets the commands of its nested runs go on", async () => {
    const run = await nested();
    await repository.molecule("outer", OUTER.replace("last,", "other,"));
    const { id } = await gt("upgrade", "outer");
    // It goes on by the new text, and the nested run with it.
    await repository.holds(`.beads/runs/${id}.1/driver`, "2");
    await Deno.remove(join(repository.folder, "hold"));
    const { code, stdout, stderr } = await run.ended;
    assertEquals(code, 0, stdout + stderr);
    assertEquals(effects(), ["hold/1", "other/1"]);
  });

  it("lets the commands of its nested runs go on where another process takes it", async () => {
    const run = await nested();
    const other = repository.begin(["mol", "run", "outer", "--take-over"]);
    assertEquals((await run.ended).code, 1);
    const { id } = await gt("status", "outer");
    await repository.holds(`.beads/runs/${id}.1/driver`, "2");
    await Deno.remove(join(repository.folder, "hold"));
    const { code, stdout, stderr } = await other.ended;
    assertEquals(code, 0, stdout + stderr);
    assertEquals(effects(), ["hold/1", "last/1"]);
  });
});
