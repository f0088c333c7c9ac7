import type { Bench, Called, Figure } from "./bench.ts";
import { type BenchTown, makeTown } from "./bench_town.ts";

const PROCESSES = 50;
const UPDATES = 20;
const SHARED = 10;

/** Many processes that write at once: nobody fails, nothing is lost, one of them wins. */
export async function run(bench: Bench): Promise<Figure[]> {
  const town = await makeTown(bench);
  for (let at = 0; at < SHARED; at++) {
    await town.bd("create", "A shared bead", "--id", `site-shared-${at}`, "--silent");
  }
  const bare = await chains((_, __) => bench.call([bench.gt, "--version"], { cwd: town.root }));
  const writes = await chains((process, update) =>
    bench.call(
      [bench.bd, "update", `site-shared-${update % SHARED}`, "--add-label", `p${process}-u${update}`],
      { cwd: town.root, env: { BD_ACTOR: `writer-${process}` } },
    )
  );
  const claims = await claimAtOnce(bench, town);
  const errors = writes.ended.filter(({ code }) => code !== 0);
  if (errors[0]) console.error(errors[0].stderr);
  const count = PROCESSES * UPDATES;
  return [
    { what: `${PROCESSES} processes × ${UPDATES} × gt --version`, value: bare.ms / 1000, unit: "s" },
    { what: `${PROCESSES} processes × ${UPDATES} × bd update`, value: writes.ms / 1000, unit: "s" },
    { what: "  of these ended with an error", value: errors.length, unit: "", most: 0 },
    { what: "  changes lost", value: count - await labelsThere(town), unit: "", most: 0 },
    { what: "  longest single update", value: writes.longest, unit: "ms" },
    {
      what: `${PROCESSES} processes claim one bead: winners beyond the first`,
      value: Math.abs(claims.filter(({ code }) => code === 0).length - 1),
      unit: "",
      most: 0,
    },
    {
      what: "  losers that ended with anything but 1",
      value: claims.filter(({ code }) => code !== 0 && code !== 1).length,
      unit: "",
      most: 0,
    },
  ];
}

/** Each process makes its calls one after the other, all processes at once. */
async function chains(call: (process: number, update: number) => Promise<Called>) {
  const ended: Called[] = [];
  let longest = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: PROCESSES }, async (_, process) => {
    for (let update = 0; update < UPDATES; update++) {
      const began = performance.now();
      ended.push(await call(process, update));
      longest = Math.max(longest, performance.now() - began);
    }
  }));
  return { ended, longest, ms: performance.now() - started };
}

async function labelsThere(town: BenchTown): Promise<number> {
  let labels = 0;
  for (let at = 0; at < SHARED; at++) {
    const [bead] = JSON.parse((await town.bd("show", `site-shared-${at}`, "--json")).stdout);
    labels += new Set(bead.labels).size;
  }
  return labels;
}

async function claimAtOnce(bench: Bench, town: BenchTown): Promise<Called[]> {
  await town.bd("create", "Wanted by all", "--id", "site-wanted", "--silent");
  return await Promise.all(
    Array.from(
      { length: PROCESSES },
      (_, process) =>
        bench.call([bench.bd, "update", "site-wanted", "--claim"], {
          cwd: town.root,
          env: { BD_ACTOR: `claimer-${process}` },
        }),
    ),
  );
}
