import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { Json, JsonObject } from "../../src/lib/json.ts";
import type { Bead, Transaction } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { createTestEnv } from "../../src/ports/env.ts";
import { createPorts } from "../../src/ports/ports.ts";
import { createTestTerminal } from "../../src/ports/terminal.ts";
import { type Answer, createTestTown, type TestTown } from "./town_fixture.ts";
import { begin, ended, molecule } from "./town_run_fixture.ts";

const SIMPLE = "steps:\n  - { id: a, run: 'true' }\n";

describe("runs that cannot go on, beside others", () => {
  let town: TestTown;
  beforeEach(async () => {
    town = await createTestTown();
    for (const name of ["simple", "sound"]) await molecule(town, name, SIMPLE);
  });
  afterEach(() => town.end());

  /** Writes what another clone, an import or another version of the program may have written. */
  function write<T>(change: (transaction: Transaction) => T): T {
    const ports = {
      ...createPorts(["bd"], "bd"),
      terminal: createTestTerminal(),
      env: createTestEnv(town.env, town.folder),
    };
    const ledger = openLedger(ports, { folder: join(town.folder, ".beads") });
    try {
      return ledger.write("elsewhere", change);
    } finally {
      ledger.close();
    }
  }

  /** Another run with the summary of one, and what was changed of the first entry of its journal; null for no journal. */
  function another(
    id: string,
    { like, change }: { like: string; change: (begin: Answer) => unknown },
  ): void {
    write((transaction) => {
      const { key, metadata } = transaction.beadById(like) as Bead;
      const entry = change(structuredClone(transaction.journal(key, 0)[0]!.value));
      const fields = { title: id, status: "in_progress", issue_type: "molecule", metadata };
      const made = transaction.create(id, fields as never);
      if (entry !== null) transaction.append(made.key, entry as JsonObject);
    });
  }

  const reopen = (id: string) =>
    write((transaction) => {
      const { key } = transaction.beadById(id) as Bead;
      transaction.set(key, { status: "open", closed_at: null, close_reason: null });
    });

  it("closes the bead of one again that has ended, and goes on with the others", async () => {
    const id = await begin(town, "simple");
    await town.must(["start"]);
    await ended(town, id);
    reopen(id);
    const sound = await begin(town, "sound");
    assertEquals((await ended(town, sound)).close_reason, "succeeded");
    assertEquals((await ended(town, id)).close_reason, "succeeded");
  });

  it("are named by the doctor where nobody drives them, and put right by it", async () => {
    const id = (await town.json(["mol", "run", "simple"])).id;
    reopen(id);
    const part = async (...words: string[]) => {
      const { stdout } = await town.gt(["doctor", ...words, "--json"]);
      return JSON.parse(stdout).find(({ name }: Answer) => name === "beads of ended runs");
    };
    const { condition, detail, fixable } = await part();
    assertEquals([condition, detail, fixable], ["warn", `open although their run has ended: ${id}`, true]);
    // The next call does not take it for one that is under way.
    assertEquals((await town.json(["mol", "run", "simple"])).id === id, false);
    assertEquals((await part("--fix")).fixed, true);
    assertEquals((await ended(town, id)).close_reason, "succeeded");
  });

  it("are left alone, all kinds of them at once, and are told of wherever one looks", async () => {
    const like = await begin(town, "simple");
    const changes: Record<string, (begin: Answer) => unknown> = {
      empty: () => null,
      newer: (begin) => ({ ...begin, v: 99 }),
      odd: () => ({ at: 1, events: [{ kind: "paused" }] }),
      nothing: (begin) => ({ ...begin, begun: {} }),
      stepless: ({ begun, ...begin }) => ({ ...begin, begun: { ...begun, definition: { name: "simple" } } }),
      action: ({ begun, ...begin }) => {
        begun.definition.steps[0].action = { kind: "teleport" };
        return { ...begin, begun };
      },
      needs: ({ begun, ...begin }) => {
        begun.definition.steps[0].needs = ["ghost"];
        return { ...begin, begun };
      },
      event: (begin) => begin,
      bead: ({ begun, ...begin }) => {
        begun.definition.readsBead = { line: 1, column: 1 };
        return { ...begin, begun };
      },
    };
    for (const [id, change] of Object.entries(changes)) another(`app-mol-${id}`, { like, change });
    write((transaction) => {
      const { key } = transaction.beadById("app-mol-event") as Bead;
      transaction.append(key, { at: 1, events: [{ kind: "teleported" }] } as unknown as JsonObject);
      transaction.append((transaction.beadById("app-mol-odd") as Bead).key, { at: 2 } as JsonObject);
    });
    const ids = Object.keys(changes).map((name) => `app-mol-${name}`).sort();
    await town.must(["start"]);
    const sound = await begin(town, "sound");
    assertEquals((await ended(town, sound)).close_reason, "succeeded");
    assertEquals((await ended(town, like)).close_reason, "succeeded");

    const needing = await town.until("all are told of", async () => {
      const { needs } = await town.json(["status"]);
      const runs = needs.filter(({ kind }: Answer) => kind === "run");
      return runs.length >= ids.length && runs;
    });
    assertEquals(needing.map(({ subject }: Answer) => subject).sort(), ids);
    const listed = await town.json(["mol", "status"]);
    assertEquals(listed.map(({ id }: { id: Json }) => id).sort(), ids);
    for (const { id, trouble } of listed) assertStringIncludes(trouble, "Cannot ", id);
    const { stdout } = await town.gt(["mol", "status"]);
    for (const id of ids) assertStringIncludes(stdout, id);
    const doctor = await town.gt(["doctor"]);
    assertEquals(doctor.code, 1);
    for (const id of ids) assertStringIncludes(doctor.stdout, id);
    for (const id of ids) {
      const { stdout, stderr, code } = await town.gt(["mol", "status", id]);
      assertStringIncludes(stdout + stderr, "Cannot ", id);
      assertEquals(code === 70, false, stderr);
    }

    // Whoever wants no more of them closes them.
    await town.must(["--as", "bd", "close", "app-mol-newer"]);
    const { needs } = await town.json(["status"]);
    assertEquals(needs.some(({ subject }: Answer) => subject === "app-mol-newer"), false);
    const log = await Deno.readTextFile(join(town.folder, ".gt", "logs", "steward.log"));
    for (const id of ids) assertEquals(log.split(`run ${id} cannot be driven`).length, 2, log);
    assertEquals([...log.matchAll(/steward started/g)].length, 1, log);
  });

  it("hold up the run around them until they are given up", async () => {
    await molecule(town, "inner", "steps:\n  - { id: wait, gate: { type: timer, for: 1h } }\n");
    await molecule(town, "outer", "steps:\n  - { id: part, molecule: inner }\n");
    const outer = await begin(town, "outer");
    await town.must(["start"]);
    const inner = `${outer}.1`;
    await town.until("the inner one waits", async () => {
      const { code, stdout } = await town.gt(["mol", "status", inner, "--json"]);
      return code === 0 && JSON.parse(stdout).steps[0].status === "waiting";
    });
    write((transaction) => {
      const { key } = transaction.beadById(inner) as Bead;
      transaction.append(key, { at: Date.now(), events: [{ kind: "teleported" }] } as unknown as JsonObject);
    });
    await town.until("it is told of", async () => {
      const { needs } = await town.json(["status"]);
      return needs.some(({ subject, text }: Answer) => subject === outer && text.includes(inner));
    });
    assertStringIncludes((await town.must(["mol", "status", outer])).stdout, "the steward cannot drive it: ");
    assertEquals((await ended(town, await begin(town, "sound"))).close_reason, "succeeded");
    await town.must(["mol", "cancel", outer]);
    await town.must(["--as", "bd", "close", inner]);
    await town.must(["wake"]);
    assertStringIncludes((await ended(town, outer)).close_reason, "cancelled");
    const { needs } = await town.json(["status"]);
    assertEquals(needs.filter(({ kind }: Answer) => kind === "run"), []);
  });
});
