/**
 * Figures of this machine: each `*_bench.ts` measures the binary and says what the figure should stay below.
 *
 * @module
 */

/** One figure, with the bound it should keep. */
export interface Figure {
  what: string;
  value: number;
  unit: "ms" | "s" | "%" | "MB" | "×" | "";
  /** The figure should be at most this. */
  most?: number;
  /** What the bound comes from: `8 × git --version`. */
  because?: string;
}

/** What a bench works with. */
export interface Bench {
  /** The binary, absolute. */
  gt: string;
  /** The same under its other name. */
  bd: string;
  /** A folder that is removed afterwards. */
  folder: string;
  /** Runs words to their end and returns the milliseconds they took. @throws when they fail. */
  time(words: readonly string[], options?: CallOptions): number;
  /** The medians of several kinds of call, taken in turns so that a busy moment hits all of them alike. */
  medians(calls: Readonly<Record<string, () => number>>, rounds?: number): Record<string, number>;
}

/** Where and with what a measured call runs. */
export interface CallOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Makes the tools of a bench. */
export function createBench(options: { gt: string; bd: string; folder: string }): Bench {
  return {
    ...options,
    time(words, call = {}) {
      const command = new Deno.Command(words[0]!, {
        args: words.slice(1),
        cwd: call.cwd ?? options.folder,
        env: call.env ?? {},
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      });
      const started = performance.now();
      const { code, stderr } = command.outputSync();
      const took = performance.now() - started;
      if (code !== 0) {
        throw new Error(`${words.join(" ")} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
      }
      return took;
    },
    medians(calls, rounds = 31) {
      const taken = Object.fromEntries(Object.keys(calls).map((name) => [name, [] as number[]]));
      for (let round = -2; round < rounds; round++) {
        for (const [name, call] of Object.entries(calls)) {
          const took = call();
          // The first rounds only warm the file cache.
          if (round >= 0) taken[name]!.push(took);
        }
      }
      return Object.fromEntries(Object.entries(taken).map(([name, times]) => [name, median(times)]));
    },
  };
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
