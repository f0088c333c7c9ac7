import { join } from "node:path";
import { bd, type CallOptions, callWords, type Ended, gt, gtWords } from "./program.ts";

/** A call that goes on beside the test. */
export interface Going {
  pid: number;
  kill(signal: "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP"): void;
  /** Resolves when it has printed a text. */
  says(text: string): Promise<void>;
  ended: Promise<Ended>;
}

/** A plain repository with molecules, without a town. */
export interface TestRepository {
  folder: string;
  gt(args: readonly string[], options?: CallOptions): Promise<Ended>;
  /** Calls gt and leaves it going; `ignoring` are signals that it is started to ignore, as `nohup` does. */
  begin(args: readonly string[], options?: CallOptions & { ignoring?: readonly string[] }): Going;
  bd(args: readonly string[]): Promise<Ended>;
  git(...args: string[]): Promise<string>;
  /** Writes `molecules/NAME.yaml`. */
  molecule(name: string, text: string): Promise<void>;
  read(path: string): string;
  /** Resolves when a file holds a text. */
  holds(path: string, text: string): Promise<void>;
  /** How often each line stands in a file. */
  counts(path: string): Record<string, number>;
  end(): Promise<void>;
}

/** Makes a repository in a folder of its own. */
export async function createTestRepository(): Promise<TestRepository> {
  const base = await Deno.makeTempDir({ prefix: "gt-run-" });
  await Deno.mkdir(join(base, "repo", ".git"), { recursive: true });
  return repositoryAt(join(base, "repo"), () => Deno.remove(base, { recursive: true }));
}

/** Two clones of one remote, each in a folder of its own below the same. */
export async function createTestClones(): Promise<[TestRepository, TestRepository]> {
  const base = await Deno.makeTempDir({ prefix: "gt-run-" });
  const end = () => Deno.remove(base, { recursive: true }).catch(() => {});
  const [one, two] = [repositoryAt(join(base, "one"), end), repositoryAt(join(base, "two"), end)];
  await one.git("init", "-q", "--bare", "../remote.git");
  for (const clone of [one, two]) {
    await clone.git("init", "-q");
    await clone.git("remote", "add", "origin", "../remote.git");
  }
  return [one, two];
}

function repositoryAt(folder: string, end: () => Promise<void>): TestRepository {
  Deno.mkdirSync(join(folder, "molecules"), { recursive: true });
  const read = (path: string) => Deno.readTextFileSync(join(folder, path));
  const environment = {
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
    BD_ACTOR: "ann",
  };
  return {
    folder,
    gt: (args, options = {}) =>
      gt(args, { cwd: folder, ...options, env: { ...environment, ...options.env } }),
    begin(args, { ignoring = [], ...options } = {}) {
      const words = [...gtWords, ...args];
      const script = ["sh", "-c", `trap "" ${ignoring.join(" ")}; exec "$@"`, "sh"];
      return begin(ignoring.length > 0 ? [...script, ...words] : words, {
        cwd: folder,
        ...options,
        env: { ...environment, ...options.env },
      });
    },
    bd: (args) => bd(args, { cwd: folder, env: environment }),
    async git(...args) {
      const { code, stdout, stderr } = await callWords(["git", ...args], { cwd: folder, env: environment });
      if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
      return stdout;
    },
    molecule: (name, text) => Deno.writeTextFile(join(folder, "molecules", `${name}.yaml`), text),
    read,
    async holds(path, text) {
      const deadline = Date.now() + 30_000;
      for (;;) {
        try {
          if (read(path).includes(text)) return;
        } catch {
          // It is not there yet.
        }
        if (Date.now() > deadline) throw new Error(`"${text}" never came into ${path}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    counts(path) {
      const counts: Record<string, number> = {};
      for (const line of read(path).trim().split("\n")) counts[line] = (counts[line] ?? 0) + 1;
      return counts;
    },
    end,
  };
}

function begin(words: readonly string[], { cwd, env }: CallOptions): Going {
  const { PATH, HOME, DENO_DIR } = Deno.env.toObject();
  const kept = Object.entries({ PATH, HOME, DENO_DIR }).filter(([, value]) => value !== undefined);
  const child = new Deno.Command(words[0]!, {
    args: words.slice(1),
    clearEnv: true,
    env: { ...Object.fromEntries(kept), ...env } as Record<string, string>,
    cwd: cwd!,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stdout = "";
  let look = () => {};
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      stdout += chunk;
      look();
    }
  })();
  const errors = new Response(child.stderr).text();
  const ended = (async () => {
    await reading;
    return { code: (await child.status).code, stdout, stderr: await errors };
  })();
  return {
    pid: child.pid,
    kill: (signal) => child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`it never said "${text}": ${why}`));
        const deadline = setTimeout(() => fail(stdout), 30_000);
        const before = look;
        look = () => {
          before();
          if (!stdout.includes(text)) return;
          clearTimeout(deadline);
          resolve();
        };
        look();
        ended.then((last) => {
          clearTimeout(deadline);
          if (!stdout.includes(text)) fail(JSON.stringify(last));
        });
      }),
    ended,
  };
}
