/**
 * A folder with a ledger of its own, and `bd` to call in it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { bd, callWords, type Ended } from "./program.ts";

/** A place to call `bd` in. */
export interface Bench {
  folder: string;
  /** Calls `bd`; the actor is `ann` unless the call says otherwise. */
  bd(
    args: readonly string[],
    options?: { stdin?: string; env?: Record<string, string>; killAfterMs?: number },
  ): Promise<Ended>;
  /** Calls `bd` with `--json`, expects exit code 0, and returns what it printed. */
  // deno-lint-ignore no-explicit-any
  json(args: readonly string[]): Promise<any>;
  /** Calls `bd`, expects a refusal, and returns its exit code and what it said as an error. */
  refusal(args: readonly string[]): Promise<{ exit: number; code: string; message: string; hints: string[] }>;
  /** Calls git and expects it to succeed. */
  git(args: readonly string[]): Promise<string>;
}

/** Runs a test in folders of its own, which are gone afterwards. */
export async function inFolders(test: (root: string) => Promise<void>): Promise<void> {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "bd bénch " }));
  try {
    await test(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

/** Runs a test in a folder that has a ledger with the prefix `cs`. */
export function inLedger(test: (bench: Bench) => Promise<void>): Promise<void> {
  return inFolders(async (root) => {
    const bench = benchAt(root, "work");
    assertEquals((await bench.bd(["init", "--prefix", "cs"])).code, 0);
    await test(bench);
  });
}

/** A bench at a folder below `root`, which is made if it is not there; HOME is below `root` too. */
export function benchAt(root: string, name: string): Bench {
  const folder = join(root, name);
  Deno.mkdirSync(folder, { recursive: true });
  const variables = {
    HOME: join(root, "home"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    BD_ACTOR: "ann",
  };
  const call: Bench["bd"] = (args, { env, ...options } = {}) =>
    bd(args, { cwd: folder, env: { ...variables, ...env }, ...options });
  return {
    folder,
    bd: call,
    async json(args) {
      const { code, stdout, stderr } = await call([...args, "--json"]);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      return JSON.parse(stdout);
    },
    async refusal(args) {
      const { code, stdout, stderr } = await call([...args, "--json"]);
      assertEquals(stdout, "");
      return { exit: code, ...JSON.parse(stderr).error };
    },
    async git(args) {
      const { code, stdout, stderr } = await callWords(["git", ...args], { cwd: folder, env: variables });
      assertEquals({ code, stderr: code === 0 ? "" : stderr }, { code: 0, stderr: "" });
      return stdout;
    },
  };
}
