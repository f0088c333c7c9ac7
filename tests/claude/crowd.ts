/**
 * Many real clients at once: how many fit on this machine, how much memory each takes, how long it takes all to land.
 *
 *     deno task test:crowd [COUNT]
 *
 * Every client is held at its first command until all of them are there, so that they run at one time. Begins with as
 * many as memory allows, 20 at most unless another number is said.
 *
 * @module
 */
import { join } from "node:path";
import { lostOrDoubled } from "../e2e/town_fixture.ts";
import { haveClient } from "./client.ts";
import { commit, hook, onStage, type Stage } from "./stage.ts";

/** What a client and its town may take beside what is free, in MiB: measured, and a third more. */
const eachMiB = 240;
const restMiB = 1_500;

/** A row of `gt worker list --json`. */
interface Worker {
  number: number;
  pid: number;
  state: string;
}

function fitting(): number {
  const free = /MemAvailable:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/meminfo"))?.[1];
  return Math.max(1, Math.floor((Number(free) / 1024 - restMiB) / eachMiB));
}

/** Private memory of a process and its part of what it shares, in MiB. */
function memoryOf(pid: number): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) / 1024;
  } catch {
    return 0;
  }
}

/** CPU time that processes have taken, in seconds. */
function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
      return sum + (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return sum;
    }
  }, 0);
}

async function play(stage: Stage, count: number): Promise<void> {
  const { town, api } = stage;
  const ids = Array.from({ length: count }, (_, at) => `app-${at + 1}`);
  const gate = join(town.root, "go");
  const hold = `while [ ! -e '${gate}' ]; do sleep 0.2; done`;
  api.add(
    ...ids.map((id) => ({ when: [hook(id)], commands: [hold, commit(id), "gt done"], say: "Finished." })),
  );
  await town.must(["config", "set", "limits.workers", String(count)]);
  for (const id of ids) await town.must(["--as", "bd", "create", `Add ${id}.txt`, "--id", id]);
  await town.must(["convoy", "create", "All", ...ids]);
  await town.must(["start"]);
  const began = Date.now();
  await town.must(["sling", ...ids, "app"]);
  const workers = await town.until("all of them are at work", () => allHeld(stage, ids), 600);
  const heldAfter = (Date.now() - began) / 1000;
  const memory = workers.map(({ pid }) => memoryOf(pid)).sort((a, b) => a - b);
  const pids = workers.map(({ pid }) => pid);
  const cpuBefore = cpuSeconds(pids);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const idle = (cpuSeconds(pids) - cpuBefore) / 10;
  const went = Date.now();
  await Deno.writeTextFile(gate, "");
  await town.landed(600);
  const wrong = await lostOrDoubled(town, ids);
  const restarts = await Promise.all(ids.map(async (id) => (await town.attempt(id)).restarts as number));
  const total = memory.reduce((sum, one) => sum + one, 0);
  console.log([
    `${count} clients at once`,
    `memory of each: ${memory[0]!.toFixed(0)} to ${memory.at(-1)!.toFixed(0)} MiB, together ${
      total.toFixed(0)
    } MiB`,
    `all of them at work after ${heldAfter.toFixed(1)} s; all landed ${
      ((Date.now() - went) / 1000).toFixed(1)
    } s later`,
    `CPU of the clients while their commands run: ${(100 * idle).toFixed(0)} % of one core`,
    `sessions lost: ${restarts.reduce((sum, one) => sum + one, 0)}; lost or doubled: ${
      wrong.join(", ") || "nothing"
    }`,
  ].join("\n"));
  if (wrong.length > 0) Deno.exitCode = 1;
}

/** The workers, once each of them has been told what to run first. */
async function allHeld(
  { town, api }: Stage,
  ids: readonly string[],
): Promise<Worker[] | undefined> {
  const isHeld = (id: string) => api.asked.some(({ whole }) => whole.includes(hook(id)));
  return ids.every(isHeld) ? await town.json(["worker", "list"]) : undefined;
}

if (import.meta.main) {
  const client = await haveClient();
  try {
    const wanted = Number(Deno.args[0] ?? 20);
    const count = Math.min(wanted, fitting());
    if (count < wanted) console.log(`memory is enough for ${count} of ${wanted}`);
    await onStage(client, (stage) => play(stage, count));
  } finally {
    client.remove();
  }
}
