import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";
import { type BenchTown, fillLedger, makeTown } from "./bench_town.ts";

const BEADS = 10_000;

/** What agents call at every turn, and a durable write, on a ledger of 10 000 beads: beyond the bare start. */
export async function run(bench: Bench): Promise<Figure[]> {
  const town = await makeTown(bench);
  const started = performance.now();
  await fillLedger(town, { beads: BEADS });
  const filled = performance.now() - started;
  await town.gt("sling", "site-0", "site");
  const [reads, write, append] = measured(bench, town);
  const { version } = reads;
  const beyond = (name: string): number => reads[name]! - version!;
  const because = `beyond gt --version, ${BEADS} beads`;
  return [
    { what: `bd import of ${BEADS} beads`, value: filled / 1000, unit: "s" },
    { what: "gt --version", value: version!, unit: "ms" },
    ...Object.keys(reads).filter((name) => name !== "version").map((name): Figure => ({
      what: name,
      value: beyond(name),
      unit: "ms",
      most: 10,
      because,
    })),
    { what: "bd update", value: write - version!, unit: "ms", most: 8, because },
    { what: "a bare append with fdatasync", value: append, unit: "ms", because: "same run" },
  ];
}

function measured(bench: Bench, town: BenchTown): [Record<string, number>, number, number] {
  const { gt, bd } = bench;
  const inTown = { cwd: town.root };
  const inSession = {
    cwd: town.root,
    env: {
      GT_TOWN: town.root,
      GT_ROLE: "worker",
      GT_RIG: "site",
      GT_WORKER: "1",
      GT_BEAD: "site-0",
      GT_ATTEMPT: "1",
      GT_SESSION: "gt-worker-1",
      BD_ACTOR: "worker-1",
    },
  };
  const file = openSync(join(bench.folder, "bare.jsonl"), "a");
  const line = JSON.stringify({ text: "x".repeat(200) }) + "\n";
  let updates = 0;
  const { write, append, ...reads } = bench.medians({
    "version": () => bench.time([gt, "--version"], inTown),
    "gt hook": () => bench.time([gt, "hook"], inSession),
    "gt prime": () => bench.time([gt, "prime"], inSession),
    "gt prime --hook": () => bench.time([gt, "prime", "--hook"], inSession),
    "gt signal stop": () => bench.time([gt, "signal", "stop"], inSession),
    "gt guard": () => bench.time([gt, "guard"], inSession),
    "bd show": () => bench.time([bd, "show", "site-5k"], inTown),
    "bd ready": () => bench.time([bd, "ready"], inTown),
    "bd list -n 50": () => bench.time([bd, "list", "-n", "50"], inTown),
    "write": () => bench.time([bd, "update", "site-5k", "--title", `Title ${updates++}`], inTown),
    "append": () => {
      const began = performance.now();
      writeSync(file, line);
      fdatasyncSync(file);
      return performance.now() - began;
    },
  });
  closeSync(file);
  return [reads, write!, append!];
}
