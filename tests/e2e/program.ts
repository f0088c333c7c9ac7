/**
 * Runs the program under test as a user would: the binary in GT_BIN, or the sources.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The words that call `gt`. */
export const gtWords: readonly string[] = Deno.env.get("GT_BIN")
  ? [Deno.env.get("GT_BIN")!]
  : [Deno.execPath(), "run", "-A", join(root, "main.ts")];

/** How a call ended. */
export interface Called {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; a code above 128 stands for a signal. */
export async function callProgram(
  words: readonly string[],
  options: { cwd: string; env: Record<string, string>; stdin?: string },
): Promise<Called> {
  const [file, ...args] = words;
  const child = new Deno.Command(file!, {
    args,
    cwd: options.cwd,
    env: options.env,
    clearEnv: true,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
