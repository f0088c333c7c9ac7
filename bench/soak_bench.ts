import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";
import { judgeCrowd, runCrowd, SHARED } from "./crowd.ts";

const PROCESSES = 100;
const MINUTE = 60_000;

/**
 * A hundred processes that claim, label, note and comment for a minute, one call in five killed: what was reported done
 * is there, and each claim has one winner.
 */
export async function run(bench: Bench): Promise<Figure[]> {
  const cwd = join(bench.folder, "soak");
  bench.time(["git", "init", "--quiet", cwd]);
  bench.time([bench.bd, "init", "--prefix", "cs"], { cwd });
  for (let at = 0; at < SHARED; at++) {
    bench.time([bench.bd, "create", "Shared", "--id", `cs-s${at}`], { cwd });
  }
  const until = performance.now() + MINUTE;
  let faults = 0;
  const done = await runCrowd({
    processes: PROCESSES,
    goesOn: () => performance.now() < until,
    random: Math.random,
    call: ({ words, actor, fault, killAfterMs }) =>
      bench.call([bench.bd, ...words], {
        cwd,
        env: {
          BD_ACTOR: actor,
          ...(fault ? { GT_FAULT: `${fault}:${join(bench.folder, `fault-${++faults}`)}` } : {}),
        },
        ...(killAfterMs === undefined ? {} : { killAfterMs }),
      }),
  });
  const { deeds, errors } = done;
  for (const error of errors.slice(0, 3)) console.error(error);
  // Made anew from the logs, so that it is they that are asked; the index as it was is looked at first.
  const sound = (await bench.call([bench.bd, "doctor"], { cwd })).code === 0;
  for (const end of ["", "-wal", "-shm"]) {
    await Deno.remove(join(cwd, ".beads", `index.db${end}`)).catch(() => {});
  }
  const { missing, wonTwice, wonByNobody } = judgeCrowd(
    done,
    (await bench.call([bench.bd, "export"], { cwd })).stdout,
  );
  const count = (outcome: string) => deeds.filter((deed) => deed.outcome === outcome).length;
  const none = (what: string, value: number): Figure => ({ what, value, unit: "", most: 0 });
  return [
    { what: `changes by ${PROCESSES} processes in a minute`, value: count("done"), unit: "" },
    { what: "  claims that were refused", value: count("refused"), unit: "" },
    { what: "  calls that were killed", value: count("killed"), unit: "" },
    none("  that ended with an error", errors.length),
    none("  that were reported done and are not there", missing.length),
    none("  claims with more than one winner", wonTwice.length),
    none("  claims without a winner", wonByNobody.length),
    none("  things that bd doctor finds wrong", sound ? 0 : 1),
  ];
}
