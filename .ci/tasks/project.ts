/**
 * What the tasks share: where the project is, how to run a command, and how to look one up.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

/** The folder of the project. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** How a command ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, or until `signal`, and keeps what it said; code 127 when there is no such command. */
export async function capture(
  argv: readonly string[],
  options: { cwd?: string; signal?: AbortSignal } = {},
): Promise<Ended> {
  const decoder = new TextDecoder();
  try {
    const command = new Deno.Command(argv[0]!, {
      args: argv.slice(1),
      cwd: options.cwd ?? root,
      stdin: "null",
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: decoder.decode(stdout), stderr: stripVTControlCharacters(decoder.decode(stderr)) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return { code: 127, stdout: "", stderr: `${argv[0]}: not found` };
    }
    throw error;
  }
}

/** Runs a command in this terminal and returns its exit code. */
export async function run(argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const command = new Deno.Command(argv[0]!, {
    args: argv.slice(1),
    cwd: root,
    env,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await command.spawn().status).code;
}

/** Ends the task with a message and hints, as the program itself would. */
export function fail(message: string, hints: readonly string[] = []): never {
  throw new TaskFailure([`error: ${message}`, ...hints.map((hint) => `hint: ${hint}`)].join("\n"));
}

class TaskFailure extends Error {}

/** Runs a task; what it fails with is shown without a stack. */
export async function runTask(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    console.error(error.message);
    Deno.exitCode = 1;
  }
}
