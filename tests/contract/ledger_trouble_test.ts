import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { initLedger } from "../../src/ledger/init.ts";
import { findDamage, repairLogs } from "../../src/ledger/repair.ts";
import { hasLogsElsewhere, syncLedger } from "../../src/ledger/sync.ts";
import { findDivergence, healDivergence, linesInRefs } from "../../src/ledger/sync_heal.ts";
import { CommandError } from "../../src/lib/errors.ts";
import type { Ports } from "../../src/ports/ports.ts";
import { add, change, logFiles, root, testPorts } from "../unit/ledger/fixture.ts";
import { assertSame, git, makeClones, syncAll } from "./clones_fixture.ts";

const ports = testPorts();
const script = join(dirname(fileURLToPath(import.meta.url)), "sync_script.ts");

/** Syncs a ledger in a process of its own. */
async function syncProcess(folder: string, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), script, folder],
    env,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stdout);
  return {
    code,
    error: new TextDecoder().decode(stderr),
    summary: said === "" ? undefined : JSON.parse(said),
  };
}

function titles(ledger: Ledger): string[] {
  return ledger.view.beads("status <> 'tombstone' ORDER BY title").map((bead) => bead.title);
}

describe("a remote", () => {
  it("may be named by a file URL", async () => {
    using clones = await makeClones(2, { urlOf: (remote) => `file://${encodeURI(remote)}` });
    add(clones.ledgers[0]!, "cs-1");
    await syncAll(clones.ledgers);
    assertEquals(titles(clones.ledgers[1]!), ["cs-1"]);
  });

  it("may be named as ssh names it, and is reached by the user's own ssh command", async () => {
    const place = Deno.makeTempDirSync({ prefix: "ssh-" });
    const ssh = join(place, "ssh");
    // The last word is what the host is to run.
    Deno.writeTextFileSync(
      ssh,
      `#!/bin/sh\necho "$1" >> '${place}/hosts'\nfor last; do :; done\nexec sh -c "$last"\n`,
    );
    Deno.chmodSync(ssh, 0o755);
    try {
      const withSsh: Ports = testPorts({ GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: "simple" });
      using clones = await makeClones(2, { urlOf: (remote) => `git@host.invalid:${remote}` });
      add(clones.ledgers[0]!, "cs-1");
      await syncAll(clones.ledgers, withSsh);
      assertEquals(titles(clones.ledgers[1]!), ["cs-1"]);
      const hosts = new Set(Deno.readTextFileSync(join(place, "hosts")).trim().split("\n"));
      assertEquals([...hosts], ["git@host.invalid"]);
    } finally {
      Deno.removeSync(place, { recursive: true });
    }
  });

  it("takes the pushes of twenty processes at once, from four clones", async () => {
    using clones = await makeClones(4);
    for (const [at, ledger] of clones.ledgers.entries()) add(ledger, `cs-${at}`);
    const ended = await Promise.all(
      Array.from({ length: 20 }, (_, at) => syncProcess(clones.ledgers[at % 4]!.folder)),
    );
    assertEquals(ended.filter((one) => one.code !== 0 || !one.summary.pushed), []);
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    assertEquals(titles(clones.ledgers[0]!), ["cs-0", "cs-1", "cs-2", "cs-3"]);
  });
});

describe("a sync that is killed", () => {
  for (const point of ["sync.after-logs", "sync.after-commit", "sync.after-fetch", "sync.after-push"]) {
    it(`at ${point} has lost nothing, and the next one ends it`, async () => {
      using clones = await makeClones(2);
      const [here, there] = clones.ledgers as [Ledger, Ledger];
      add(here, "cs-1");
      await syncLedger(here, ports);
      add(there, "cs-2");
      const killed = await syncProcess(there.folder, {
        GT_FAULT: `${point}:${join(clones.place, "struck")}`,
      });
      assertNotEquals(killed.code, 0);
      await syncAll(clones.ledgers);
      assertSame(clones.ledgers);
      assertEquals(titles(here), ["cs-1", "cs-2"]);
    });
  }
});

describe("a folder that was restored to an older state and has gone on since", () => {
  it("is told so, and with --fix both ways live on in every clone", async () => {
    using clones = await makeClones(2);
    const [, there] = clones.ledgers as [Ledger, Ledger];
    add(clones.ledgers[0]!, "cs-1");
    const [log] = logFiles(clones.ledgers[0]!.folder);
    const backup = Deno.readTextFileSync(log!);
    change(clones.ledgers[0]!, "cs-1", (tx, key) => tx.set(key, { title: "first way" }));
    add(clones.ledgers[0]!, "cs-2", { title: "two, first way" });
    await syncAll(clones.ledgers);
    clones.ledgers[0]!.close();
    for (const end of ["", "-wal", "-shm"]) {
      try {
        Deno.removeSync(join(clones.worktree(0), ".beads", `index.db${end}`));
      } catch {
        // Closing has removed it.
      }
    }
    Deno.writeTextFileSync(log!, backup);
    let here = clones.reopen(0);
    change(here, "cs-1", (tx, key) => {
      tx.set(key, { title: "second way" });
      tx.comment(key, "second way");
    });
    add(here, "cs-2", {
      title: "two, second way",
      labels: ["l"],
      dependencies: [{ target: "cs-1", type: "blocks" }],
    });
    change(here, "cs-2", (tx, key) => tx.removeLabel(key, "l"));
    const error = await assertRejects(() => syncLedger(here, ports), CommandError);
    assertEquals((error as CommandError).code, "replica_diverged");
    const before = here.replica;
    assertEquals(await findDivergence(ports, { ledger: here }), {
      replica: before,
      from: 3,
      own: 4,
      others: 2,
    });
    const now = await healDivergence(ports, { ledger: here });
    here = clones.reopen(0);
    assertEquals(here.replica, now);
    assertNotEquals(now, before);
    assertEquals(await findDivergence(ports, { ledger: here }), undefined);
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    assertEquals(there.view.beadById("cs-1")!.title, "second way");
    assertEquals(there.view.conflicts().map((one) => one.lost), ["first way"]);
    assertEquals(titles(there), ["second way", "two, first way", "two, second way"]);
    const second = there.view.beads("title = 'two, second way'")[0]!;
    assertEquals([second.labels, second.dependencies.length, second.blocked], [[], 1, true]);
  });

  it("gets damaged lines back from git, so that the log stays the one others know", async () => {
    using clones = await makeClones(2);
    for (const id of ["cs-1", "cs-2", "cs-3"]) add(clones.ledgers[0]!, id);
    await syncAll(clones.ledgers);
    const { folder } = clones.ledgers[0]!;
    clones.ledgers[0]!.close();
    Deno.removeSync(join(folder, "index.db"));
    const [log] = logFiles(folder);
    const whole = Deno.readTextFileSync(log!);
    Deno.writeTextFileSync(log!, whole.replace('"cs-2"', '"cs-2'));
    const replicas = new Set(findDamage({ folder }).map((one) => one.replica));
    const known = await linesInRefs(ports, { folder, replicas });
    assertEquals(repairLogs(ports, { folder, known }).map((one) => one.restored), [true]);
    assertEquals(Deno.readTextFileSync(log!), whole);
    clones.reopen(0);
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
  });
});

describe("a ledger whose folder is gone", () => {
  it("comes back with what was never synced, since git keeps a second name for its log", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    add(here, "cs-1");
    await syncAll(clones.ledgers);
    add(here, "cs-2");
    const { folder } = here;
    here.close();
    await git(clones.worktree(0), "clean", "-fdxq");
    assertEquals([...Deno.readDirSync(clones.worktree(0))].map((entry) => entry.name), [".git"]);
    assertEquals(await hasLogsElsewhere(ports, { folder: clones.worktree(0) }), true);
    clones.ledgers[0] = initLedger(ports, { folder });
    assertEquals(titles(clones.ledgers[0]!), ["cs-1", "cs-2"]);
    await syncAll(clones.ledgers);
    assertEquals(titles(there), ["cs-1", "cs-2"]);
  });

  it("keeps all through checkout, reset --hard, stash and clean", async () => {
    using clones = await makeClones(1);
    const worktree = clones.worktree(0);
    Deno.writeTextFileSync(join(worktree, "file"), "one");
    await git(worktree, "add", "file");
    await git(worktree, "commit", "-qm", "one");
    await git(worktree, "branch", "other");
    add(clones.ledgers[0]!, "cs-1");
    const orders: string[][] = [
      ["checkout", "-q", "other"],
      ["reset", "-q", "--hard", "HEAD"],
      ["clean", "-fdq"],
      ["stash", "-q", "--include-untracked"],
      ["checkout", "-q", "-f", "-"],
    ];
    for (const [at, order] of orders.entries()) {
      Deno.writeTextFileSync(join(worktree, "file"), `changed ${at}`);
      await git(
        worktree,
        ...(order[0] === "checkout" && !order.includes("-f") ? ["stash", "-q"] : ["status", "-s"]),
      );
      await git(worktree, ...order);
      change(clones.ledgers[0]!, "cs-1", (tx, key) => tx.comment(key, order.join(" ")));
    }
    const again = clones.reopen(0);
    assertEquals(again.view.beadById("cs-1")!.comments.length, orders.length);
    assert(!(await git(worktree, "status", "--porcelain")).includes(".beads"));
  });
});
