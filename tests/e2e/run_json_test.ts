import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createTestRepository } from "./run_fixture.ts";

type Shape = Record<string, unknown> & { steps: Record<string, unknown>[] };

/** The keys that the table after a mark in docs/molecules.md has. */
function described(mark: string): string[] {
  const text = Deno.readTextFileSync(new URL("../../docs/molecules.md", import.meta.url));
  const [, after] = text.split(`<!-- keys: ${mark} -->`);
  return after!.trimStart().split("\n\n")[0]!.split("\n").flatMap((line) =>
    /^\| `(\w+)`/.exec(line)?.[1] ?? []
  );
}

const KEPT = 'id: kept, run: echo x, cache: { key: "k" }, outputs: { word: "{{ stdout.trim() }}" }';
const MUCH = `molecule: much
concurrency: { group: g }
steps:
  - { ${KEPT} }
  - { id: each, matrix: { n: [1, 2] }, run: echo e }
  - { id: later, run: echo later >>effects; exit 4, retry: { attempts: 2, delay: 1h } }
  - { id: asked, gate: { type: human } }
`;

describe("a run as JSON", () => {
  it("has the keys that the docs describe, and no others", async () => {
    const repository = await createTestRepository();
    const until = async (name: string, is: (shape: Shape) => boolean): Promise<Shape> => {
      let said = "";
      for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
        const { code, stdout } = await repository.gt(["mol", "status", name, "--json"]);
        said = stdout;
        // Before it has begun there is nothing to show.
        if (code === 0 && is(JSON.parse(stdout))) return JSON.parse(stdout);
      }
      throw new Error(`${name} never came to that: ${said}`);
    };
    try {
      await repository.molecule("much", MUCH);
      await repository.molecule(
        "held",
        "molecule: held\nconcurrency: { group: g }\nsteps: [{ id: a, run: 'true' }]\n",
      );
      await repository.molecule("over", `molecule: over\nsteps: [{ ${KEPT} }, { id: a, run: exit 1 }]\n`);
      const over = async (): Promise<Shape> =>
        JSON.parse((await repository.gt(["mol", "run", "over", "--json"])).stdout);
      const ended = [await over(), await over()];
      await repository.gt(["--as", "bd", "create", "Do it", "--id", "repo-one"]);
      const much = repository.begin(["mol", "run", "much", "--bead", "repo-one"]);
      const driven = await until("much", ({ steps }) => steps.some((step) => step.status === "retrying"));
      const held = repository.begin(["mol", "run", "held"]);
      const waiting = await until("held", (shape) => shape.waits_for !== undefined);
      for (const one of [much, held]) one.kill("SIGTERM");
      await Promise.all([much.ended, held.ended]);
      const shapes = [...ended, driven, waiting];
      const keysOf = (all: object[]) => [...new Set(all.flatMap((each) => Object.keys(each)))].sort();
      assertEquals(keysOf(shapes), described("run").sort());
      assertEquals(keysOf(shapes.flatMap(({ steps }) => steps)), described("step").sort());
    } finally {
      await repository.end();
    }
  });
});
