import { join } from "node:path";
import { type CallOptions, type Ended, gt } from "./program.ts";

/** A plain repository with molecules, without a town. */
export interface TestRepository {
  folder: string;
  gt(args: readonly string[], options?: CallOptions): Promise<Ended>;
  /** Writes `molecules/NAME.yaml`. */
  molecule(name: string, text: string): Promise<void>;
  read(path: string): string;
  /** How often each line stands in a file. */
  counts(path: string): Record<string, number>;
  end(): Promise<void>;
}

/** Makes a repository in a folder of its own. */
export async function createTestRepository(): Promise<TestRepository> {
  const base = await Deno.makeTempDir({ prefix: "gt-run-" });
  const folder = join(base, "repo");
  await Deno.mkdir(join(folder, "molecules"), { recursive: true });
  await Deno.mkdir(join(folder, ".git"));
  const read = (path: string) => Deno.readTextFileSync(join(folder, path));
  return {
    folder,
    gt: (args, options = {}) =>
      gt(args, {
        cwd: folder,
        ...options,
        env: { GIT_CONFIG_GLOBAL: "/dev/null", NO_COLOR: "1", ...options.env },
      }),
    molecule: (name, text) => Deno.writeTextFile(join(folder, "molecules", `${name}.yaml`), text),
    read,
    counts(path) {
      const counts: Record<string, number> = {};
      for (const line of read(path).trim().split("\n")) counts[line] = (counts[line] ?? 0) + 1;
      return counts;
    },
    end: () => Deno.remove(base, { recursive: true }),
  };
}
