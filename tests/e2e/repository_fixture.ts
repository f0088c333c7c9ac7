/**
 * A temporary repository without a town, driven through the program alone.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { callWords, type Ended, gtWords } from "./program.ts";

/** A repository without a town, in which workflows run. */
export interface Repository {
  folder: string;
  /** Calls gt to its end; `env` is added. */
  gt(words: readonly string[], env?: Record<string, string>): Promise<Ended>;
  json(words: readonly string[]): Promise<Answer>;
  /** Writes a molecule `name` with these steps, in YAML. */
  molecule(name: string, steps: string): Promise<void>;
  /** Begins `gt mol run` and goes on. */
  run(name: string, ...words: string[]): Running;
  until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T>;
  path(name: string): string;
}

/** What the program says with --json. */
// deno-lint-ignore no-explicit-any
export type Answer = any;

/** A run in the foreground. */
export interface Running {
  pid: number;
  ended: Promise<{ code: number; text: string }>;
  /** What it has printed so far. */
  text(): string;
  kill(): void;
}

/** Makes one, and removes it with all that runs in it. */
export async function inRepository(use: (repository: Repository) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "gt-gates-" }));
  const env = { HOME: folder, NO_COLOR: "1", PATH: `${folder}/bin:${Deno.env.get("PATH")}` };
  const running: Deno.ChildProcess[] = [];
  const gt: Repository["gt"] = (words, more = {}) =>
    callWords([...gtWords, ...words], { cwd: folder, env: { ...env, ...more } });
  await Deno.mkdir(join(folder, ".git"));
  await Deno.mkdir(join(folder, "molecules"));
  try {
    await use({
      folder,
      gt,
      async json(words) {
        const { code, stdout, stderr } = await gt([...words, "--json"]);
        assertEquals(code, 0, stderr);
        return JSON.parse(stdout);
      },
      molecule: (name, steps) =>
        Deno.writeTextFile(join(folder, "molecules", `${name}.yaml`), `molecule: ${name}\nsteps:\n${steps}`),
      run(name, ...more) {
        const [program, ...words] = gtWords;
        const child = new Deno.Command(program!, {
          args: [...words, "mol", "run", name, ...more],
          cwd: folder,
          env,
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }).spawn();
        running.push(child);
        let text = "";
        const read = async (stream: ReadableStream<Uint8Array>) => {
          for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
        };
        const ended = Promise.all([child.status, read(child.stdout), read(child.stderr)])
          .then(([{ code }]) => ({ code, text }));
        return { pid: child.pid, ended, text: () => text, kill: () => child.kill("SIGKILL") };
      },
      async until(what, probe) {
        const deadline = Date.now() + 30_000;
        for (;;) {
          const found = await probe();
          if (found !== undefined && found !== false) return found;
          if (Date.now() > deadline) throw new Error(`never came: ${what}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      path: (name) => join(folder, name),
    });
  } finally {
    for (const child of running) {
      try {
        child.kill("SIGKILL");
      } catch { /* it has ended */ }
      await child.status;
    }
    await Deno.remove(folder, { recursive: true });
  }
}
