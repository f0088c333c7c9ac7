import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
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
  const { reads, alone, beside, title, append } = measured(bench, town);
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
    { what: "bd update", value: alone - version!, unit: "ms", most: 8, because },
    {
      what: "bd update while others have the ledger open",
      value: beside - version!,
      unit: "ms",
      most: 8,
      because,
    },
    { what: "bd update of text, for the search too", value: title - version!, unit: "ms" },
    { what: "a bare append with fdatasync", value: append, unit: "ms", because: "same run" },
  ];
}

function measured(bench: Bench, town: BenchTown) {
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
  const update = () => bench.time([bd, "update", "site-5k", "--priority", `${updates++ % 5}`], inTown);
  const retitle = () => bench.time([bd, "update", "site-5k", "--title", `Title ${updates++}`], inTown);
  const { alone, beside, title, append, ...reads } = bench.medians({
    "version": () => bench.time([gt, "--version"], inTown),
    "gt hook": () => bench.time([gt, "hook"], inSession),
    "gt prime": () => bench.time([gt, "prime"], inSession),
    "gt prime --hook": () => bench.time([gt, "prime", "--hook"], inSession),
    "gt signal stop": () => bench.time([gt, "signal", "stop"], inSession),
    "gt mail check --hook": () => bench.time([gt, "mail", "check", "--hook"], inSession),
    "gt guard": () => bench.time([gt, "guard", "npm ci && git status --short > /dev/null"], inSession),
    "bd show": () => bench.time([bd, "show", "site-5k"], inTown),
    "bd ready": () => bench.time([bd, "ready"], inTown),
    "bd list -n 50": () => bench.time([bd, "list", "-n", "50"], inTown),
    "alone": update,
    "beside": () => besideOthers(town, update),
    "title": retitle,
    "append": () => {
      const began = performance.now();
      writeSync(file, line);
      fdatasyncSync(file);
      return performance.now() - began;
    },
  });
  closeSync(file);
  return { reads, alone: alone!, beside: beside!, title: title!, append: append! };
}

/** Who is the last to close a database has to tidy it up; in a running town that is never a command. */
function besideOthers(town: BenchTown, call: () => number): number {
  const other = new DatabaseSync(join(town.root, ".beads", "index.db"));
  try {
    other.prepare("SELECT 1 FROM beads LIMIT 1").get();
    return call();
  } finally {
    other.close();
  }
}
