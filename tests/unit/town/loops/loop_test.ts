import { describe, it } from "@std/testing/bdd";
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import type { Json } from "../../../../src/lib/json.ts";
import { CommandError } from "../../../../src/lib/errors.ts";
import { createPorts, type Ports } from "../../../../src/ports/ports.ts";
import { createTestTerminal } from "../../../../src/ports/terminal.ts";
import { wakeLoops, writeDesired } from "../../../../src/town/desired.ts";
import { isLoopRunning, type LoopTick } from "../../../../src/town/loops/loop.ts";
import { townPaths } from "../../../../src/town/paths.ts";
import type { Town } from "../../../../src/town/town.ts";
import { runLoop } from "../../../../src/town/loops/run_loop.ts";

function testTown(): { ports: Ports; town: Town; change(): void; records: Map<string, Json> } {
  const ports = { ...createPorts(["gt"], "gt"), terminal: createTestTerminal() };
  const paths = townPaths(Deno.makeTempDirSync());
  const records = new Map<string, Json>();
  let version = 1;
  const ledger = {
    version: () => version,
    ephemeral: { put: (_kind: string, key: string, value: Json) => void records.set(key, value) },
  };
  const town = { root: paths.root, paths, ports, ledger, close: () => {} } as unknown as Town;
  ports.files.makeFolder(paths.beads);
  writeDesired(ports, { paths, desired: "up" });
  return { ports, town, change: () => void version++, records };
}

/** Runs a loop whose nth tick is answered by the nth step; it ends with the last. */
async function runSteps(
  deps: ReturnType<typeof testTown>,
  steps: readonly ((context: LoopTick) => number | void)[],
): Promise<"down" | "stopped"> {
  const controller = new AbortController();
  let at = 0;
  return await runLoop(deps, {
    name: "steward",
    signal: controller.signal,
    tick(context) {
      const step = steps[at++]!;
      if (at === steps.length) controller.abort();
      return Promise.resolve(step(context));
    },
  });
}

describe("a loop", () => {
  it("is refused while the town is down", async () => {
    const deps = testTown();
    writeDesired(deps.ports, { paths: deps.town.paths, desired: "down" });
    const error = await assertRejects(() => runSteps(deps, [() => {}]), CommandError);
    assertEquals(error.code, "town_down");
  });

  it("ticks at its start, at a change, at its deadline and when woken", async () => {
    const deps = testTown();
    const woken: boolean[] = [];
    const step = (then: () => number | void) => (context: LoopTick) => (woken.push(context.woken), then());
    await runSteps(deps, [
      step(() => deps.change()),
      step(() => deps.ports.clock.now() + 60),
      step(() => wakeLoops(deps.ports, deps.town.paths)),
      step(() => {}),
    ]);
    assertEquals(woken, [true, false, false, true]);
  });

  it("ends by itself when the town is to be down", async () => {
    const deps = testTown();
    const ended = await runLoop(deps, {
      name: "steward",
      signal: new AbortController().signal,
      tick: () => Promise.resolve(writeDesired(deps.ports, { paths: deps.town.paths, desired: "down" })),
    });
    assertEquals(ended, "down");
    assertEquals(isLoopRunning(deps, "steward"), "gone");
  });

  it("lives on after a tick that threw, and ticks sooner when woken", async () => {
    const deps = testTown();
    const failures: unknown[] = [];
    await runSteps(deps, [
      () => {
        wakeLoops(deps.ports, deps.town.paths);
        throw new Error("broken on purpose");
      },
      () => void failures.push((deps.records.get("steward") as { failures: number }).failures),
    ]);
    assertEquals(failures, [1]);
    const log = Deno.readTextFileSync(join(deps.town.paths.logs, "steward.log"));
    assertEquals(log.includes("broken on purpose"), true);
  });

  it("lets everything else of its process happen although every tick asks for the next", async () => {
    const deps = testTown();
    const controller = new AbortController();
    let ticks = 0;
    setTimeout(() => controller.abort(), 0);
    await runLoop(deps, {
      name: "steward",
      signal: controller.signal,
      tick(context) {
        // It would go on for ever.
        if (++ticks > 10_000) controller.abort();
        void Promise.resolve().then(context.nudge);
        return Promise.resolve();
      },
    });
    assertEquals(ticks < 100, true, `${ticks} ticks`);
  });

  it("is there once: a second one is refused and the first is seen alive", async () => {
    const deps = testTown();
    assertEquals(isLoopRunning(deps, "steward"), "gone");
    let second: Promise<unknown> = Promise.resolve();
    await runSteps(deps, [
      (context) => {
        assertEquals(isLoopRunning(deps, "steward"), "alive");
        second = assertRejects(() => runSteps(deps, [() => {}]), CommandError, "running already");
        second.then(() => context.nudge());
      },
      () => {},
    ]);
    await second;
    assertEquals(isLoopRunning(deps, "steward"), "gone");
  });

  it("leaves a ledger that cannot be opened alone while it pauses", async () => {
    const deps = testTown();
    let opened = 0;
    const controller = new AbortController();
    const town = {
      ...deps.town,
      get ledger(): never {
        opened++;
        deps.ports.files.writeText(join(deps.town.paths.beads, "stirred"), String(opened));
        if (opened > 3) controller.abort();
        throw new Error("broken on purpose");
      },
    };
    const started = performance.now();
    await runLoop({ ports: deps.ports, town }, {
      name: "steward",
      signal: controller.signal,
      tick: () => Promise.resolve(),
    });
    assertEquals(performance.now() - started > 450, true);
  });

  it("renews what it says about itself", async () => {
    const deps = testTown();
    await runSteps(deps, [() => {}]);
    const record = deps.records.get("steward") as { pid: number; at: number };
    assertEquals(record.pid, Deno.pid);
    assertEquals(record.at > 0, true);
  });
});
