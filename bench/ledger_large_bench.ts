import { join } from "node:path";
import { type Bench, type Figure, median } from "./bench.ts";
import { largeIssues, realIssues } from "./large_ledger.ts";

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
  const filled = large.bd("import", file);
  Deno.removeSync(file);
  return [
    { what: "bd import of 3 003 records", value: imported / 1000, unit: "s", most: 1 },
    { what: "1 000 creates through bd batch", value: small.bd("batch", batch) / 1000, unit: "s", most: 1 },
    { what: `bd import of ${BEADS} beads`, value: filled / 1000, unit: "s" },
    ...calls(bench, large),
    ...syncs(bench, large),
    rebuild(large),
  ];
}

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
    ...["ready", "update p05-0088 --title x", "search daemon", "list -n 50"].map((words): Figure => ({
      what: `memory of bd ${words.split(" ")[0]}`,
      value: peakMemory(bench, { folder, words: words.split(" ") }),
      unit: "MB",
      most: 200,
    })),
  ];
}

function idsOfOpen(bench: Bench, folder: string): string[] {
  const { stdout } = new Deno.Command(bench.bd, { args: ["ready", "-n", "200", "--json"], cwd: folder })
    .outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { id: string }[]).map((bead) => bead.id);
}

/** The most memory that a call held at once, in MB. */
function peakMemory(bench: Bench, { folder, words }: { folder: string; words: string[] }): number {
  const program =
    "import resource,subprocess,sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); " +
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
  const { stdout } = new Deno.Command("python3", { args: ["-c", program, bench.bd, ...words], cwd: folder })
    .outputSync();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

function syncs(bench: Bench, { folder, bd }: Place): Figure[] {
  const inFolder = { cwd: folder };
  const remote = join(bench.folder, "large.git");
  bench.time(["git", "init", "--quiet", "--bare", remote]);
  bench.time(["git", "remote", "add", "origin", remote], inFolder);
  const began = performance.now();
  const memory = peakMemory(bench, { folder, words: ["sync"] });
  const first = performance.now() - began;
  const plain = join(bench.folder, "plain");
  const plainRemote = join(bench.folder, "plain.git");
  bench.time(["git", "init", "--quiet", plain]);
  bench.time(["git", "init", "--quiet", "--bare", plainRemote]);
  bench.time(["git", "remote", "add", "origin", plainRemote], { cwd: plain });
  const taken = { push: [] as number[], sync: [] as number[] };
  for (let round = 0; round < 9; round++) {
    bench.time(["git", "commit", "--quiet", "--allow-empty", "-m", `${round}`], { cwd: plain });
    taken.push.push(bench.time(["git", "push", "--quiet", "origin", "HEAD:main"], { cwd: plain }));
    for (let edit = 0; edit < 10; edit++) bd("update", "p05-0088", "--title", `Round ${round} ${edit}`);
    taken.sync.push(bd("sync"));
  }
  const push = median(taken.push);
  const clone = makePlace(bench, "clone");
  bench.time(["git", "remote", "add", "origin", remote], { cwd: clone.folder });
  const hydrate = clone.bd("list", "-n", "1");
  return [
    { what: `first bd sync of ${BEADS} beads`, value: first / 1000, unit: "s" },
    { what: "  memory of that", value: memory, unit: "MB", most: 200 },
    { what: "git push of one commit", value: push, unit: "ms" },
    {
      what: "bd sync with 10 new operations",
      value: median(taken.sync),
      unit: "ms",
      most: 5 * push,
      because: "5 × git push of one commit",
    },
    {
      what: "memory of bd sync",
      value: peakMemory(bench, { folder, words: ["sync"] }),
      unit: "MB",
      most: 200,
    },
    { what: "first command in a fresh clone", value: hydrate / 1000, unit: "s", most: 30 },
  ];
}

function rebuild({ folder, bd }: Place): Figure {
  for (const end of ["", "-wal", "-shm"]) {
    try {
      Deno.removeSync(join(folder, ".beads", `index.db${end}`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { what: "index made anew from the logs", value: bd("show", "p05-0088") / 1000, unit: "s", most: 15 };
}
