import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { dirname, join } from "node:path";
import { callWords, gtWords } from "./program.ts";
import { createTestRepository, type TestRepository } from "./run_fixture.ts";

const HOLD = "while test -e hold; do sleep 0.02; done";

describe("a run on a terminal", () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await Deno.writeTextFile(join(repository.folder, "hold"), "");
  });
  afterEach(async () => {
    await tmux("kill-server");
    await repository.end();
  });

  const socket = () => join(dirname(repository.folder), "tmux.sock");
  const tmux = (...args: string[]) =>
    callWords(["tmux", "-u", "-f", "/dev/null", "-S", socket(), ...args], {
      cwd: repository.folder,
      env: { LC_ALL: "C.UTF-8", SHELL: "/bin/sh", BD_ACTOR: "ann" },
    });
  const begin = async (size: { columns: number; rows: number }, ...words: string[]) => {
    const quoted = [...words, ...gtWords, "mol", "run", "shown"].map((word) => `'${word}'`).join(" ");
    const { columns, rows } = size;
    const made = await tmux(
      ...["new-session", "-d", "-x", `${columns}`, "-y", `${rows}`, `env ${quoted}; exec sleep 600`],
    );
    assertEquals(made.code, 0, made.stderr);
  };
  const screen = async () => (await tmux("capture-pane", "-p")).stdout;
  const shows = async (pattern: RegExp) => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const text = await screen();
      if (pattern.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`it never showed ${pattern}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it("is drawn over itself, and leaves nothing in the terminal's history while it goes on", async () => {
    const more = Array.from({ length: 20 }, (_, n) => `  - { id: s-${n}, needs: [a], run: 'true' }\n`).join(
      "",
    );
    await repository.molecule("shown", `molecule: shown\nsteps:\n  - { id: a, run: '${HOLD}' }\n${more}`);
    await begin({ columns: 80, rows: 12 });
    // Some ten pictures later.
    await shows(/▸ a +2\.\ds/);
    const history = Number((await tmux("display-message", "-p", "#{history_size}")).stdout);
    assert(history < 12, `${history} lines`);
    await Deno.remove(join(repository.folder, "hold"));
    await shows(/✓ shown succeeded in/);
  });

  it("shows times and what there is to say also beside a long id in a narrow one", async () => {
    const long = "a-very-long-id-of-a-step-in-a-narrow-terminal";
    await repository.molecule(
      "shown",
      `molecule: shown\nsteps:\n  - { id: ${long}, run: 'true' }\n  - { id: b, needs: [${long}], run: '${HOLD}' }\n`,
    );
    await begin({ columns: 40, rows: 12 });
    const text = await shows(/▸ b +\d\.\ds/);
    assertMatch(text, /✓ a-very-long-\S*… +\d\.\ds\n/);
  });

  it("shows what is asked at a gate, and how to answer", async () => {
    await repository.molecule(
      "shown",
      "molecule: shown\nsteps:\n  - { id: ask, gate: { type: human, message: 'Ship it, {{ run.by }}?' } }\n  - { id: b, needs: [ask], run: 'true' }\n",
    );
    await begin({ columns: 80, rows: 12 });
    const text = await shows(/◆ ask +\d\.\ds.*\n +Ship it, ann\?\n +gt gate approve repo-mol-\w+\.1/);
    const id = /gt gate approve (\S+)/.exec(text)![1]!;
    assertEquals((await repository.gt(["gate", "approve", id])).code, 0);
    await shows(/✓ shown succeeded in/);
  });

  it("shows what it waits for in a group, and who holds that", async () => {
    const text = (name: string) =>
      `molecule: ${name}\nsteps: [{ id: a, run: 'touch at-a; ${HOLD}', concurrency: { group: data } }]\n`;
    for (const name of ["other", "shown"]) await repository.molecule(name, text(name));
    const other = repository.begin(["mol", "run", "other"]);
    await other.says("▸ a");
    await begin({ columns: 80, rows: 12 });
    await shows(/· a +waits for group data, held by repo-mol-\w+\n/);
    await Deno.remove(join(repository.folder, "hold"));
    await shows(/✓ shown succeeded in/);
    assertEquals((await other.ended).code, 0);
  });

  it("is told in lines where nothing can be drawn over", async () => {
    await repository.molecule(
      "shown",
      "molecule: shown\nsteps:\n  - { id: a, run: 'true' }\n  - { id: b, needs: [a], run: 'true' }\n",
    );
    await begin({ columns: 80, rows: 12 }, "TERM=dumb");
    assertMatch(await shows(/✓ shown succeeded in/), /▸ a\n✓ a \d\.\ds\n▸ b\n✓ b \d\.\ds\n✓ shown/);
  });
});
