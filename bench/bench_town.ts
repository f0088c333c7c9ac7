import { join } from "node:path";
import type { Bench, Called } from "./bench.ts";

/** A town made for measuring, with one rig `site` on a bare repository. */
export interface BenchTown {
  root: string;
  remote: string;
  /** Runs `gt …` in the town. @throws when it fails. */
  gt(...words: string[]): Promise<Called>;
  /** Runs `bd …` in the town. @throws when it fails. */
  bd(...words: string[]): Promise<Called>;
}

/** Makes the town, on the script agent, with a check that takes no time. */
export async function makeTown(bench: Bench): Promise<BenchTown> {
  const root = join(bench.folder, "town");
  const remote = join(bench.folder, "site.git");
  const source = join(bench.folder, "source");
  const must = async (words: string[], cwd = bench.folder) => {
    const called = await bench.call(words, { cwd });
    if (called.code !== 0) throw new Error(`${words.join(" ")}: ${called.stderr}`);
    return called;
  };
  await must(["git", "init", "--quiet", "--initial-branch=main", source]);
  for (let file = 0; file < 20; file++) Deno.writeTextFileSync(join(source, `file-${file}.txt`), `${file}\n`);
  await must(["git", "add", "."], source);
  await must(["git", "commit", "--quiet", "-m", "A small repository"], source);
  await must(["git", "clone", "--quiet", "--bare", source, remote]);
  await must([bench.gt, "install", root]);
  const town: BenchTown = {
    root,
    remote,
    gt: (...words) => must([bench.gt, ...words], root),
    bd: (...words) => must([bench.bd, ...words], root),
  };
  await town.gt("config", "set", "agent", "script");
  await town.gt("config", "set", "coordinator.agent", "shell");
  await town.gt("rig", "add", "site", remote, "--prefix", "site", "--check", "true");
  return town;
}

/** Puts beads into the town's ledger: ids `site-0`, `site-1`, … in base 36; a third is open, some wait for another. */
export async function fillLedger(town: BenchTown, { beads }: { beads: number }): Promise<void> {
  const lines: string[] = [];
  for (let at = 0; at < beads; at++) {
    const id = `site-${at.toString(36)}`;
    const time = new Date(1_700_000_000_000 + at * 60_000).toISOString();
    const waits = at % 10 === 1;
    const isClosed = at % 10 >= 3;
    lines.push(JSON.stringify({
      id,
      title: `Bead number ${at}, with a title of a usual length`,
      description: "What there is to know about it, in a few sentences. ".repeat(6),
      status: isClosed ? "closed" : "open",
      priority: at % 5,
      issue_type: at % 7 === 0 ? "bug" : "task",
      created_at: time,
      updated_at: time,
      ...(isClosed ? { closed_at: time } : {}),
      labels: [`area-${at % 9}`],
      dependencies: waits
        ? [{ issue_id: id, depends_on_id: `site-${(at - 1).toString(36)}`, type: "blocks" }]
        : [],
    }));
  }
  const file = join(town.root, "..", "beads.jsonl");
  Deno.writeTextFileSync(file, lines.join("\n") + "\n");
  await town.bd("import", file);
}
