import type { Bench, Figure } from "./bench.ts";

/** What a call took: its time in ms, and the most memory that it, or git below it, held at once, in MB. */
export interface Taken {
  ms: number;
  mb: number;
}

/** The most memory a call may hold at once, in MB, however large the ledger is. */
const MOST = 200;

/** Runs words of bd in a folder to their end. @throws when they fail. */
export function takenBy(
  bench: Bench,
  { folder, words }: { folder: string; words: readonly string[] },
): Taken {
  // Only who waits for a process is told of its peak.
  const program =
    "import resource,subprocess,sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); " +
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
  const began = performance.now();
  const { success, stdout, stderr } = new Deno.Command("python3", {
    args: ["-c", program, bench.bd, ...words],
    cwd: folder,
  }).outputSync();
  if (!success) throw new Error(`bd ${words.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
  return { ms: performance.now() - began, mb: Number(new TextDecoder().decode(stdout)) / 1024 };
}

/** A figure of memory, with the bound that each has. */
export function memoryFigure(what: string, mb: number): Figure {
  return { what: `memory of ${what}`, value: mb, unit: "MB", most: MOST };
}

/** The memory of calls that look at all of a ledger, or change one bead of it. */
export function memoryFigures(
  bench: Bench,
  { folder, calls }: { folder: string; calls: readonly (readonly string[])[] },
): Figure[] {
  return calls.map((words) => memoryFigure(`bd ${words.join(" ")}`, takenBy(bench, { folder, words }).mb));
}
