import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";

const CHAIN = 1_025;
const WAITS = 5_000;
const LARGE = 10_000;

/** How fast runs of molecules are, beside what the same machine does without them at the same moment. */
export async function run(bench: Bench): Promise<Figure[]> {
  Deno.mkdirSync(join(bench.folder, ".git"));
  Deno.mkdirSync(join(bench.folder, "molecules"));
  molecule(bench, "chain", chainOf(CHAIN, "run: 'true'"));
  molecule(bench, "waits", chainOf(WAITS, "gate: { type: timer, for: 0ms }"));
  molecule(bench, "large", `${listOf(LARGE, "run: 'true'")}  - { id: ask, gate: { type: human } }\n`);
  return [...chain(bench), ...transitions(bench), ...await large(bench)];
}

/** A chain of commands that do nothing, in turns with as many bare shells begun by the same runtime. */
function chain(bench: Bench): Figure[] {
  const script = join(bench.folder, "bare.mjs");
  Deno.writeTextFileSync(
    script,
    `import { spawn } from "node:child_process";
for (let n = 0; n < ${CHAIN}; n++) {
  await new Promise((done) => spawn("sh", ["-c", "true"], { stdio: "ignore" }).on("exit", done));
}`,
  );
  const medians = bench.medians({
    bare: () => bench.time([bench.gt, "run", script], { env: { BUN_BE_BUN: "1" } }),
    chain: () => bench.time([bench.gt, "mol", "run", "chain", "--new", "--quiet"]),
  }, 3);
  const ratio = medians.chain! / medians.bare!;
  return [
    { what: `${CHAIN} bare sh -c true, one after the other`, value: medians.bare!, unit: "ms" },
    { what: `chain of ${CHAIN} steps that do nothing`, value: medians.chain!, unit: "ms" },
    { what: "chain of steps beside bare shells", value: ratio, unit: "×", most: 2 },
  ];
}

/** Two transitions a step, each step a write of the ledger of its own that is flushed. */
function transitions(bench: Bench): Figure[] {
  const took = bench.time([bench.gt, "mol", "run", "waits", "--quiet"]) / 1_000;
  const bare = bareFlushes(bench);
  return [
    { what: "bare flushed appends, a second", value: bare, unit: "" },
    {
      what: "time of a durable transition, of a chain of gates",
      value: took * 1_000 / (2 * WAITS),
      unit: "ms",
      most: 0.4,
      because: "2 500/s",
    },
    { what: "durable transitions, a second", value: 2 * WAITS / took, unit: "" },
  ];
}

function bareFlushes({ folder }: Bench): number {
  const file = Deno.openSync(join(folder, "bare.log"), { create: true, append: true });
  const line = new TextEncoder().encode(`${"x".repeat(200)}\n`);
  const began = performance.now();
  for (let n = 0; n < 1_000; n++) {
    file.writeSync(line);
    file.syncDataSync();
  }
  const took = performance.now() - began;
  file.close();
  return 1_000_000 / took;
}

/** A run of many steps: what it needs, and how soon another driver goes on with it. */
async function large(bench: Bench): Promise<Figure[]> {
  const child = new Deno.Command(bench.gt, {
    args: ["mol", "run", "large", "--jobs", "8"],
    cwd: bench.folder,
    env: { GIT_CONFIG_GLOBAL: "/dev/null" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let peak = 0;
  let ask = "";
  let done = 0;
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (ask === "" || done < LARGE) {
    const { value = "", done: isOver } = await reader.read();
    if (isOver) throw new Error("the large run ended too soon");
    done += value.split("✓").length - 1;
    ask ||= /gt gate approve (\S+)/.exec(value)?.[1] ?? "";
    peak = Math.max(peak, peakOf(child.pid));
  }
  child.kill("SIGTERM");
  for (let over = false; !over;) ({ done: over } = await reader.read());
  await child.status;
  bench.time([bench.gt, "gate", "approve", ask]);
  const resumed = bench.time([bench.gt, "mol", "resume", "large", "--quiet"]);
  return [
    { what: `memory of a run of ${LARGE} steps`, value: peak, unit: "MB", most: 150 },
    { what: `run of ${LARGE} steps gone on with to its end`, value: resumed, unit: "ms", most: 1_000 },
  ];
}

/** The most memory that a process has had, in MB. */
function peakOf(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

function molecule({ folder }: Bench, name: string, steps: string): void {
  Deno.writeTextFileSync(join(folder, "molecules", `${name}.yaml`), `molecule: ${name}\nsteps:\n${steps}`);
}

function chainOf(count: number, does: string): string {
  return Array.from(
    { length: count },
    (_, n) => `  - id: s${n}\n${n === 0 ? "" : `    needs: [s${n - 1}]\n`}    ${does}\n`,
  ).join("");
}

function listOf(count: number, does: string): string {
  return Array.from({ length: count }, (_, n) => `  - id: s${n}\n    ${does}\n`).join("");
}
