/**
 * Figures of this machine: each `*_bench.ts` measures the binary and says what the figure should stay below.
 *
 * @module
 */

import { killable } from "./crowd.ts";

/** One figure, with the bound it should keep. */
export interface Figure {
  what: string;
  value: number;
  unit: "ms" | "s" | "%" | "MB" | "×" | "";
  /** The figure should be at most this. */
  most?: number;
  /** What the bound comes from, or what the figure was taken beside: `8 × git --version`. */
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
  /** Runs words to their end beside others. */
  call(words: readonly string[], options?: CallOptions): Promise<Called>;
  /** The medians of several kinds of call, taken in turns so that a busy moment hits all of them alike. */
  medians(calls: Readonly<Record<string, () => number>>, rounds?: number): Record<string, number>;
}

/** Where and with what a measured call runs. */
export interface CallOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Ends it with SIGKILL after so many ms, unless it has ended before; for {@linkcode Bench.call}. */
  killAfterMs?: number;
}

/** How a call ended. */
export interface Called {
  code: number;
  stdout: string;
  stderr: string;
}

/** Makes the tools of a bench. */
export function createBench(options: { gt: string; bd: string; folder: string }): Bench {
  const command = (words: readonly string[], call: CallOptions) =>
    new Deno.Command(words[0]!, {
      args: words.slice(1),
      cwd: call.cwd ?? options.folder,
      clearEnv: true,
      env: { ...ownEnvironment(), ...call.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  return {
    ...options,
    time(words, call = {}) {
      const called = command(words, call);
      const started = performance.now();
      const { code, stderr } = called.outputSync();
      const took = performance.now() - started;
      if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${decoded(stderr)}`);
      return took;
    },
    async call(words, call = {}) {
      const { code, stdout, stderr } = await killable(command(words, call), call.killAfterMs);
      return { code, stdout: decoded(stdout), stderr: decoded(stderr) };
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

/** The caller's environment without what would lead into a town of theirs. */
function ownEnvironment(): Record<string, string> {
  const leading = /^(GT_.*|BD_ACTOR|BD_JSON|BEADS_DIR|TMUX|TMUX_PANE)$/;
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) => !leading.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "bench",
    GIT_AUTHOR_EMAIL: "bench@localhost",
    GIT_COMMITTER_NAME: "bench",
    GIT_COMMITTER_EMAIL: "bench@localhost",
  };
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
