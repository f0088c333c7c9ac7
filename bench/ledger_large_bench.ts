import { join } from "node:path";
import { type Bench, type Figure, median } from "./bench.ts";
import { largeIssues, realIssues } from "./large_ledger.ts";
import { memoryFigure, memoryFigures, takenBy } from "./peak_memory.ts";

const BEADS = 100_000;

/** A ledger of its own in a git repository. */
interface Place {
  folder: string;
  bd(...words: string[]): number;
}

function makePlace(bench: Bench, name: string): Place {
  const folder = join(bench.folder, name);
  bench.time(["git", "init", "--quiet", folder]);
  return { folder, bd: (...words) => bench.time([bench.bd, ...words], { cwd: folder }) };
}

/** Every call that people and agents wait for, on a ledger of 100 000 beads: beyond the bare start. */
export function run(bench: Bench): Figure[] {
  const small = makePlace(bench, "small");
  small.bd("init", "--prefix", "bd");
  const real = join(bench.folder, "real.jsonl");
  Deno.writeTextFileSync(real, realIssues());
  const imported = small.bd("import", real);
  const batch = join(bench.folder, "batch.txt");
  Deno.writeTextFileSync(
    batch,
    Array.from({ length: 1_000 }, (_, at) => `create "Bead ${at}" -p 2\n`).join(""),
  );
  const large = makePlace(bench, "large");
  large.bd("init", "--prefix", "p00");
  const file = join(bench.folder, "large.jsonl");
  Deno.writeTextFileSync(file, largeIssues(BEADS));
  const { folder } = large;
  const filled = takenBy(bench, { folder, words: ["import", file] });
  return [
    { what: "bd import of 3 003 records", value: imported / 1000, unit: "s", most: 1 },
    { what: "1 000 creates through bd batch", value: small.bd("batch", batch) / 1000, unit: "s", most: 1 },
    { what: `bd import of ${BEADS} beads`, value: filled.ms / 1000, unit: "s" },
    memoryFigure("that", filled.mb),
    ...calls(bench, large),
    ...memoryFigures(bench, { folder, calls: LARGE_CALLS }),
    ...memoryFigures(bench, { folder, calls: [["import", file], ["export", "-o", file]] })
      .map((figure) => ({ ...figure, what: figure.what.replace(file, "FILE") })),
    ...syncs(bench, large),
    ...rebuild(bench, large),
  ];
}

/** Calls whose answer is as large as the ledger, or that look at all of it. */
const LARGE_CALLS = [
  "ready -n 0 --json",
  "ready --explain -n 0 --json",
  "blocked --json",
  "show p05-0088 --json",
  "update p05-0088 --title x",
  "close p05-0088 --force",
  "list -n 50",
  "list --all -n 0",
  "list --all -n 0 --json",
  "search daemon -n 0 --json",
  "stats",
  "conflicts --json",
  "duplicates",
  "dep cycles",
  "diff --since 2020-01-01 --json",
  "export",
  "compact",
  "compact --closed-before 1d --apply",
  "rename-prefix p06 q06",
  "doctor",
].map((line) => line.split(" "));

function calls(bench: Bench, { folder, bd }: Place): Figure[] {
  const open = idsOfOpen(bench, folder);
  let turn = 0;
  const { version, ...taken } = bench.medians({
    "version": () => bd("version"),
    "bd ready": () => bd("ready"),
    "bd ready --json": () => bd("ready", "--json"),
    "bd show": () => bd("show", "p05-0088"),
    "bd update": () => bd("update", "p05-0088", "--title", `Title ${turn++}`),
    "bd close": () => bd("close", open[turn++]!, "--force"),
    "bd list -n 50": () => bd("list", "-n", "50"),
    "bd search word": () => bd("search", "daemon"),
    "bd search two words": () => bd("search", "sqlite", "index"),
  }, 15);
  const because = `beyond bd version (${version!.toFixed(1)} ms), ${BEADS} beads`;
  return [
    ...Object.entries(taken).map(([what, value]): Figure => ({
      what,
      value: value - version!,
      unit: "ms",
      most: /list|search/.test(what) ? 40 : 15,
      because,
    })),
  ];
}

function idsOfOpen(bench: Bench, folder: string): string[] {
  const { stdout } = new Deno.Command(bench.bd, { args: ["ready", "-n", "200", "--json"], cwd: folder })
    .outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { id: string }[]).map((bead) => bead.id);
}

function syncs(bench: Bench, { folder, bd }: Place): Figure[] {
  const inFolder = { cwd: folder };
  const remote = join(bench.folder, "large.git");
  bench.time(["git", "init", "--quiet", "--bare", remote]);
  bench.time(["git", "remote", "add", "origin", remote], inFolder);
  const first = takenBy(bench, { folder, words: ["sync"] });
  const plain = join(bench.folder, "plain");
  const plainRemote = join(bench.folder, "plain.git");
  bench.time(["git", "init", "--quiet", plain]);
  bench.time(["git", "init", "--quiet", "--bare", plainRemote]);
  bench.time(["git", "remote", "add", "origin", plainRemote], { cwd: plain });
  const times = { push: [] as number[], sync: [] as number[] };
  for (let round = 0; round < 9; round++) {
    bench.time(["git", "commit", "--quiet", "--allow-empty", "-m", `${round}`], { cwd: plain });
    times.push.push(bench.time(["git", "push", "--quiet", "origin", "HEAD:main"], { cwd: plain }));
    for (let edit = 0; edit < 10; edit++) bd("update", "p05-0088", "--title", `Round ${round} ${edit}`);
    times.sync.push(bd("sync"));
  }
  const push = median(times.push);
  const clone = makePlace(bench, "clone");
  bench.time(["git", "remote", "add", "origin", remote], { cwd: clone.folder });
  const hydrate = takenBy(bench, { folder: clone.folder, words: ["list", "-n", "1"] });
  // One that has beads of its own takes in the others one by one.
  const other = makePlace(bench, "other");
  other.bd("init", "--prefix", "zz");
  other.bd("create", "Its own");
  bench.time(["git", "remote", "add", "origin", remote], { cwd: other.folder });
  const taken = takenBy(bench, { folder: other.folder, words: ["sync"] });
  return [
    { what: `first bd sync of ${BEADS} beads`, value: first.ms / 1000, unit: "s" },
    memoryFigure("that", first.mb),
    { what: "git push of one commit", value: push, unit: "ms" },
    {
      what: "bd sync with 10 new operations",
      value: median(times.sync),
      unit: "ms",
      most: 5 * push,
      because: "5 × git push of one commit",
    },
    ...memoryFigures(bench, { folder, calls: [["sync"], ["sync", "--flush-only"]] }),
    { what: "first command in a fresh clone", value: hydrate.ms / 1000, unit: "s", most: 30 },
    memoryFigure("that", hydrate.mb),
    { what: `bd sync that takes in ${BEADS} beads beside others`, value: taken.ms / 1000, unit: "s" },
    memoryFigure("that", taken.mb),
  ];
}

function rebuild(bench: Bench, { folder }: Place): Figure[] {
  for (const end of ["", "-wal", "-shm"]) {
    try {
      Deno.removeSync(join(folder, ".beads", `index.db${end}`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const { ms, mb } = takenBy(bench, { folder, words: ["show", "p05-0088"] });
  return [
    { what: "index made anew from the logs", value: ms / 1000, unit: "s", most: 15 },
    // This one may be larger.
    { what: "memory of that", value: mb, unit: "MB" },
  ];
}
