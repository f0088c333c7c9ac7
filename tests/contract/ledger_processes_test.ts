import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { add, makeLedger, root } from "../unit/ledger/fixture.ts";

/** Runs the change script in many processes at once; returns what each said. */
async function runMany(
  actors: readonly string[],
  { folder, verb, count }: { folder: string; verb: string; count: number },
): Promise<{ code: number; lines: string[]; error: string }[]> {
  const script = join(root, "tests/unit/ledger/change_script.ts");
  const outputs = await Promise.all(
    actors.map((actor) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "--config",
          join(root, "deno.json"),
          script,
          folder,
          verb,
          actor,
          `${count}`,
        ],
        stdout: "piped",
        stderr: "piped",
      }).output()
    ),
  );
  const decoder = new TextDecoder();
  return outputs.map(({ code, stdout, stderr }) => ({
    code,
    lines: decoder.decode(stdout).trim().split("\n"),
    error: decoder.decode(stderr),
  }));
}

const actors = Array.from({ length: 12 }, (_, at) => `p${at}`);

describe("processes that share a ledger", () => {
  it("lose nothing of what they write at once", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-1");
    const results = await runMany(actors, { folder: test.folder, verb: "comment", count: 20 });
    assertEquals(results.filter((one) => one.code !== 0), []);
    assertEquals(results.flatMap((one) => one.lines).filter((line) => line.startsWith("done")).length, 240);
    const expected = actors.flatMap((actor) => Array.from({ length: 20 }, (_, at) => `${actor} ${at}`))
      .sort();
    const texts = () => test.again().view.beadById("cs-1")!.comments.map((comment) => comment.text).sort();
    assertEquals(texts(), expected);
    Deno.removeSync(join(test.folder, "index.db"));
    assertEquals(texts(), expected);
  });

  it("have one winner when they claim one bead", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-1");
    const results = await runMany(actors, { folder: test.folder, verb: "claim", count: 1 });
    const said = results.flatMap((one) => one.lines).sort();
    assertEquals(said, ["done 0", ...Array(11).fill("refused already_claimed")]);
    const winner = actors[results.findIndex((one) => one.lines[0] === "done 0")];
    assertEquals(test.again().view.beadById("cs-1")!.assignee, winner);
  });

  it("lose none of their claims, labels, notes and comments, and have one winner a claim", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-shared");
    for (let at = 0; at < 16; at += 4) add(test.ledger, `cs-wanted-${at}`);
    const mix = join(root, "tests", "contract", "mix_script.ts");
    const ended = await Promise.all(actors.map(async (actor) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), mix, test.folder, actor, "16"],
        stdout: "piped",
        stderr: "piped",
      }).output();
      const said = new TextDecoder().decode(stdout).trim().split("\n");
      return { actor, code, error: new TextDecoder().decode(stderr), said };
    }));
    assertEquals(ended.filter((one) => one.code !== 0), []);
    Deno.removeSync(join(test.folder, "index.db"));
    const { view } = test.again();
    const bead = view.beadById("cs-shared")!;
    const done = (kind: string) =>
      ended.flatMap((one) => one.said).filter((line) => line.startsWith(`${kind} `))
        .map((line) => line.slice(kind.length + 1)).sort();
    assertEquals([...bead.labels], done("label"));
    assertEquals(bead.notes!.split("\n").sort(), done("note"));
    assertEquals(bead.comments.map((comment) => comment.text).sort(), done("comment"));
    assertEquals(done("claim"), [0, 12, 4, 8].map((at) => `cs-wanted-${at}`));
    for (const { actor, said } of ended) {
      for (const line of said.filter((one) => one.startsWith("claim "))) {
        assertEquals(view.beadById(line.slice(6))!.assignee, actor);
      }
    }
  });

  it("make one index and one replica when they find none, without an error", async () => {
    using test = makeLedger();
    add(test.ledger, "cs-1");
    test.ledger.close();
    for (const name of ["index.db", "index.db-wal", "index.db-shm", "replica"]) {
      try {
        Deno.removeSync(join(test.folder, name));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    const results = await runMany(actors.slice(0, 6), { folder: test.folder, verb: "comment", count: 2 });
    assertEquals(results.map((one) => [one.code, one.error]), Array(6).fill([0, ""]));
    assertEquals(test.again().view.beadById("cs-1")!.comments.length, 12);
    assertEquals([...Deno.readDirSync(join(test.folder, "ops"))].length, 2);
  });
});
