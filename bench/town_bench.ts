import { join } from "node:path";
import { type Bench, type Figure, median } from "./bench.ts";
import { type BenchTown, makeTown } from "./bench_town.ts";
import { waitForState } from "./attempt_times.ts";

const BEADS = 7;

/** How long a bead takes from hand to hand in a running town, one bead after the other. */
export async function run(bench: Bench): Promise<Figure[]> {
  const town = await makeTown(bench);
  const began = performance.now();
  await town.gt("start");
  const up = performance.now() - began;
  const slings: number[] = [];
  const toFirstHook: number[] = [];
  const toMerged: number[] = [];
  try {
    for (let at = 0; at < BEADS; at++) {
      const id = `site-measured-${at}`;
      await prepare(town, id);
      const slungAt = Date.now();
      slings.push(bench.time([bench.gt, "sling", id, "site"], { cwd: town.root }));
      toFirstHook.push(await waitForState(town, { id, state: "working" }) - slungAt);
      const mergedAt = await waitForState(town, { id, state: "merged" });
      toMerged.push(mergedAt - Number(Deno.readTextFileSync(doneMark(town, id))));
    }
  } finally {
    await town.gt("shutdown", "--now");
  }
  const because = "median of " + BEADS;
  return [
    { what: "gt start", value: up, unit: "ms" },
    { what: "gt sling returns", value: median(slings), unit: "ms", most: 300, because },
    {
      what: "gt sling to the agent's first hook",
      value: median(toFirstHook),
      unit: "ms",
      most: 1500,
      because,
    },
    {
      what: "gt done to merged, with a check that takes no time",
      value: median(toMerged),
      unit: "ms",
      most: 2000,
      because,
    },
  ];
}

/** A bead whose agent writes a file, commits it, notes the time, and calls gt done. */
async function prepare(town: BenchTown, id: string): Promise<void> {
  const script = [
    `- edit: { path: ${id}.txt, content: 'measured' }`,
    `- commit: Write ${id}`,
    `- run: date +%s%3N > '${doneMark(town, id)}'`,
    "- done: true",
  ];
  Deno.mkdirSync(join(town.root, "scripts"), { recursive: true });
  Deno.writeTextFileSync(join(town.root, "scripts", `${id}.yaml`), script.join("\n") + "\n");
  await town.bd("create", `Measured bead ${id}`, "--id", id, "--silent");
}

function doneMark(town: BenchTown, id: string): string {
  return join(town.root, "..", `${id}.done`);
}
