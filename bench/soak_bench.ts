import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";

const PROCESSES = 100;
const MINUTE = 60_000;
const SHARED = 20;

/** Where every tenth call is killed. */
const FAULTS = ["ledger.before-append", "ledger.after-append", "ledger.after-flush", "ledger.after-commit"];

/** What a call was to do, and whether it was reported done. */
interface Deed {
  kind: "claim" | "label" | "note" | "comment";
  bead: string;
  word: string;
  actor: string;
  done: boolean;
}

/**
 * A hundred processes that claim, label, note and comment for a minute, some of them killed: what was reported done is
 * there, and no claim has two winners.
 */
export async function run(bench: Bench): Promise<Figure[]> {
  const cwd = join(bench.folder, "soak");
  bench.time(["git", "init", "--quiet", cwd]);
  bench.time([bench.bd, "init", "--prefix", "cs"], { cwd });
  for (let at = 0; at < SHARED; at++) {
    bench.time([bench.bd, "create", "Shared", "--id", `cs-s${at}`], { cwd });
  }
  const until = performance.now() + MINUTE;
  const deeds: Deed[] = [];
  const wanted: string[] = [];
  let failed = 0;
  const perform = async (process: number, turn: number) => {
    const actor = `actor-${process}`;
    const kind = (["claim", "label", "note", "comment"] as const)[turn % 4]!;
    const word = `${actor}-${turn}`;
    if (kind === "claim" && wanted.length <= turn / 4) {
      const id = `cs-w${wanted.push("")}`;
      wanted[wanted.length - 1] = id;
      await bench.call([bench.bd, "create", "Wanted", "--id", id], { cwd });
    }
    const bead = kind === "claim" ? wanted[Math.floor(turn / 4)]! : `cs-s${(process + turn) % SHARED}`;
    const words = {
      claim: ["update", bead, "--claim"],
      label: ["update", bead, "--add-label", word],
      note: ["update", bead, "--append-notes", word],
      comment: ["comment", bead, word],
    }[kind];
    const fault = turn % 10 === 9 ? FAULTS[process % FAULTS.length] : undefined;
    const { code, stderr } = await bench.call([bench.bd, ...words], {
      cwd,
      env: { BD_ACTOR: actor, ...(fault ? { GT_FAULT: `${fault}:${join(bench.folder, word)}` } : {}) },
    });
    const refused = fault !== undefined || (kind === "claim" && code === 1);
    if (code !== 0 && !refused && failed++ === 0) console.error(stderr);
    deeds.push({ kind, bead, word, actor, done: code === 0 });
  };
  await Promise.all(Array.from({ length: PROCESSES }, async (_, process) => {
    for (let turn = 0; performance.now() < until; turn++) await perform(process, turn);
  }));
  return [
    {
      what: `changes by ${PROCESSES} processes in a minute`,
      value: deeds.filter((one) => one.done).length,
      unit: "",
    },
    { what: "  that ended with an error", value: failed, unit: "", most: 0 },
    {
      what: "  that were reported done and are not there",
      value: await missing(bench, { cwd, deeds }),
      unit: "",
      most: 0,
    },
    { what: "  claims with more than one winner", value: badClaims(deeds), unit: "", most: 0 },
  ];
}

async function missing(
  bench: Bench,
  { cwd, deeds }: { cwd: string; deeds: readonly Deed[] },
): Promise<number> {
  // Made anew from the logs, so that it is they that are asked.
  for (const end of ["", "-wal", "-shm"]) {
    await Deno.remove(join(cwd, ".beads", `index.db${end}`)).catch(() => {});
  }
  const { stdout } = await bench.call([bench.bd, "export"], { cwd });
  const beads = new Map(
    stdout.trim().split("\n").map((line) => JSON.parse(line)).map((one) => [one.id, one]),
  );
  return deeds.filter(({ kind, bead, word, actor, done }) => {
    if (!done) return false;
    const found = beads.get(bead);
    if (kind === "claim") return found?.assignee !== actor;
    if (kind === "label") return !found?.labels?.includes(word);
    if (kind === "note") return !found?.notes?.split("\n").includes(word);
    return !found?.comments?.some((comment: { text: string }) => comment.text === word);
  }).length;
}

function badClaims(deeds: readonly Deed[]): number {
  const winners = new Map<string, number>();
  for (const { kind, bead, done } of deeds) {
    if (kind === "claim") winners.set(bead, (winners.get(bead) ?? 0) + (done ? 1 : 0));
  }
  // A winner that was killed before it could say so leaves none.
  return [...winners.values()].filter((count) => count > 1).length;
}
