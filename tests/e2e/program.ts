/**
 * The program under test: the binary that GT_BIN names, or the sources.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { killable } from "../../bench/crowd.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The words that call the program. */
export const programWords: readonly string[] = Deno.env.get("GT_BIN")
  ? [Deno.env.get("GT_BIN")!]
  : [Deno.execPath(), "run", "-A", "--no-check", join(root, "main.ts")];

/** How a call ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** How to call. The environment is exactly `env`, with HOME and PATH as they are where it does not say. */
export interface CallOptions {
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string;
  /** Ends it with SIGKILL after so many ms, unless it has ended before; only without `stdin`. */
  killAfterMs?: number;
}

/** Runs words to their end in an environment of their own. */
export async function callWords(words: readonly string[], options: CallOptions = {}): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = Deno.env.toObject();
  // Run from the sources with another HOME, the runtime would look for its packages there.
  const DENO_DIR = Deno.env.get("DENO_DIR") ?? join(HOME ?? "/", ".cache", "deno");
  const kept = Object.entries({ PATH, HOME, DENO_DIR, TMPDIR }).filter(([, value]) => value !== undefined);
  const command = new Deno.Command(words[0]!, {
    args: words.slice(1),
    clearEnv: true,
    env: { ...Object.fromEntries(kept), ...options.env } as Record<string, string>,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
  if (options.stdin === undefined) return decodedOutput(await killable(command, options.killAfterMs));
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.stdin));
  await writer.close();
  return decodedOutput(await child.output());
}

function decodedOutput({ code, stdout, stderr }: Deno.CommandOutput): Ended {
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Calls `gt` with these arguments. */
export function gt(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
  return callWords([...programWords, ...args], options);
}

/** Calls `bd` with these arguments. */
export function bd(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
  return callWords([...programWords, "--as", "bd", ...args], options);
}

/** The words that call `gt`. */
export const gtWords = programWords;

/** How a call ended. */
export type Called = Ended;

/** Runs words to their end, with an environment and a folder of the caller's choice. */
export const callProgram = callWords;
