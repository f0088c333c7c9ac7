import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { closeBead } from "../../src/beads/close.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { hasLogsElsewhere, syncLedger } from "../../src/ledger/sync.ts";
import { syncStatus } from "../../src/ledger/sync_status.ts";
import { add, change, testPorts } from "../unit/ledger/fixture.ts";
import { assertSame, git, makeClones, syncAll } from "./clones_fixture.ts";

const ports = testPorts();

describe("syncing clones", () => {
  it("brings every clone to the same state, whoever edited what, and shows what lost", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    add(here, "cs-1");
    add(here, "cs-2");
    await syncAll(clones.ledgers);
    change(here, "cs-1", (tx, key) => {
      tx.set(key, { title: "here", priority: 0 });
      tx.addLabel(key, "here");
      tx.comment(key, "from here");
      closeBead(tx, { key });
    });
    change(there, "cs-1", (tx, key) => {
      tx.set(key, { title: "there", design: "plan", status: "in_progress" });
      tx.addLabel(key, "there");
      tx.comment(key, "from there");
    });
    change(here, "cs-2", (tx, key) => tx.remove(key, "not needed"));
    change(there, "cs-2", (tx, key) => tx.set(key, { description: "it is needed" }));
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    const bead = here.view.beadById("cs-1")!;
    assertEquals([bead.status, bead.priority, bead.design, bead.labels], ["closed", 0, "plan", [
      "here",
      "there",
    ]]);
    assertEquals(bead.comments.map((comment) => comment.text).sort(), ["from here", "from there"]);
    assertEquals(here.view.beadById("cs-2")!.status, "open");
    assertEquals(there.view.conflicts().map((one) => one.register).sort(), ["deleted", "status", "title"]);
    const clash = there.view.conflicts(bead.key).find((one) => one.register === "title")!;
    there.write("me", (tx) => tx.resolveConflict(clash, "take"));
    await syncAll(clones.ledgers);
    assertEquals(here.view.beadById("cs-1")!.title, clash.lost);
    assertEquals(here.view.conflicts(bead.key).map((one) => one.register), ["status"]);
  });

  it("keeps both beads of one id and both children of one number, with edges to the right ones", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    add(here, "cs-p");
    await syncAll(clones.ledgers);
    for (const ledger of clones.ledgers) {
      const name = ledger === here ? "here" : "there";
      const edge = { target: "cs-p", type: "parent-child" };
      add(ledger, "cs-same", { title: name });
      add(ledger, "cs-p.1", { title: name, dependencies: [edge, { target: "cs-same", type: "blocks" }] });
    }
    await syncAll(clones.ledgers);
    assertSame(clones.ledgers);
    assertEquals(here.view.beads("1 ORDER BY id").map((bead) => [bead.id, bead.title]), [
      ["cs-p", "cs-p"],
      ["cs-p.1", "here"],
      [`cs-p.1-${there.replica}`, "there"],
      ["cs-same", "here"],
      [`cs-same-${there.replica}`, "there"],
    ]);
    const moved = here.view.beadById(`cs-p.1-${there.replica}`)!;
    const target = moved.dependencies.find((edge) => edge.type === "blocks")!.target;
    assertEquals(here.view.beadByKey(target as never)!.id, `cs-same-${there.replica}`);
  });

  it("touches neither branch nor index nor status of the repository", async () => {
    using clones = await makeClones(1);
    const clone = join(clones.place, "clone 0");
    Deno.writeTextFileSync(join(clone, "file"), "text");
    await git(clone, "add", "file");
    const before = await git(clone, "status", "--porcelain=v2", "--branch");
    add(clones.ledgers[0]!, "cs-1");
    const summary = await syncLedger(clones.ledgers[0]!, ports);
    assertEquals([summary.pushed, summary.remote], [true, "origin"]);
    assertEquals(await git(clone, "status", "--porcelain=v2", "--branch"), before);
    const refs = await git(clones.remote, "for-each-ref", "--format=%(refname)");
    assertEquals(refs.trim(), `refs/beads/${clones.ledgers[0]!.replica}`);
    assertEquals(syncStatus(clones.ledgers[0]!).pending, 0);
  });

  it("is a local commit where there is no remote, and says why a remote was not reached", async () => {
    using clones = await makeClones(1);
    const ledger = clones.ledgers[0]!;
    add(ledger, "cs-1");
    Deno.renameSync(clones.remote, `${clones.remote}.gone`);
    const summary = await syncLedger(ledger, ports);
    assertEquals(summary.pushed, false);
    assert(summary.failure !== undefined);
    assertEquals(syncStatus(ledger).pending, 2);
    await git(join(clones.place, "clone 0"), "remote", "remove", "origin");
    const alone = await syncLedger(ledger, ports);
    assertEquals([alone.failure, alone.remote, alone.sequence], [undefined, undefined, 2]);
    const { remote, pending } = syncStatus(ledger);
    assertEquals([remote, pending], [undefined, 0]);
    add(ledger, "cs-2");
    assertEquals(syncStatus(ledger).pending, 1);
  });

  it("removes what was left half made a day ago, and nothing else", async () => {
    using clones = await makeClones(1);
    const { folder } = clones.ledgers[0]!;
    await syncLedger(clones.ledgers[0]!, ports);
    const names = ["local/x.1.2.3.objects", "local/import.7.jsonl", ".issues.7.tmp", "local/mine.jsonl"];
    for (const name of names) Deno.writeTextFileSync(join(folder, name), "x");
    await syncLedger(clones.ledgers[0]!, ports);
    const left = () => names.filter((name) => existsSync(join(folder, name)));
    assertEquals(left(), names);
    const old = new Date(Date.now() - 2 * 24 * 3600 * 1000);
    for (const name of names) Deno.utimeSync(join(folder, name), old, old);
    await syncLedger(clones.ledgers[0]!, ports);
    assertEquals(left(), ["local/mine.jsonl"]);
  });

  it("waits in a copy of the folder as much as the copy has done", async () => {
    using clones = await makeClones(1);
    const [ledger] = clones.ledgers as [Ledger];
    for (const id of ["cs-1", "cs-2", "cs-3"]) add(ledger, id);
    await syncLedger(ledger, ports);
    ledger.close();
    const copy = join(clones.place, "copy");
    assert((await new Deno.Command("cp", { args: ["-r", clones.worktree(0), copy] }).output()).success);
    const copied = openLedger(ports, { folder: join(copy, ".beads") });
    try {
      assertEquals(syncStatus(copied).pending, 0);
      add(copied, "cs-4");
      assertEquals([syncStatus(copied).operations, syncStatus(copied).pending], [1, 1]);
    } finally {
      copied.close();
    }
  });

  it("starts a new clone from what the remote has", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    assertEquals(await hasLogsElsewhere(ports, { folder: there.folder }), false);
    add(here, "cs-1");
    await syncLedger(here, ports);
    assertEquals(await hasLogsElsewhere(ports, { folder: there.folder }), true);
    assertEquals((await syncLedger(there, ports)).received, 2);
    assertEquals([there.view.beadById("cs-1")!.title, there.view.setting("prefix")], ["cs-1", "cs"]);
  });

  it("uses a branch where the host refuses other refs", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    const hook = join(clones.remote, "hooks", "update");
    Deno.writeTextFileSync(hook, '#!/bin/sh\ncase "$1" in refs/heads/*) exit 0;; esac\nexit 1\n');
    Deno.chmodSync(hook, 0o755);
    add(here, "cs-1");
    await syncAll(clones.ledgers);
    assertEquals(there.view.beadById("cs-1")!.title, "cs-1");
    const refs = await git(clones.remote, "for-each-ref", "--format=%(refname)");
    assert(refs.includes(`refs/heads/beads/${here.replica}`), refs);
  });

  it("runs nothing that the name of a remote says", async () => {
    using clones = await makeClones(1);
    const ledger = clones.ledgers[0]!;
    const name = "--dry-run";
    add(ledger, "cs-1");
    await git(clones.worktree(0), "config", `remote.${name}.url`, clones.remote);
    const { failure, pushed } = await syncLedger(ledger, ports, { remote: name });
    assertEquals([...Deno.readDirSync(clones.worktree(0))].map((entry) => entry.name).sort(), [
      ".beads",
      ".git",
    ]);
    assertEquals([failure, pushed], [undefined, true]);
  });

  it("works once for all who ask at the same time", async () => {
    using clones = await makeClones(1);
    add(clones.ledgers[0]!, "cs-1");
    const summaries = await Promise.all([1, 2, 3, 4].map(() => syncLedger(clones.ledgers[0]!, ports)));
    assertEquals(summaries.filter((one) => !one.shared).length, 1);
    assertEquals(summaries.every((one) => one.pushed), true);
  });

  it("takes nothing from a remote that does not belong, and the rest all the same", async () => {
    using clones = await makeClones(2);
    const [here, there] = clones.ledgers as [Ledger, Ledger];
    add(here, "cs-1");
    await syncLedger(here, ports);
    const clone = join(clones.place, "clone 0");
    const hostile = [
      "commit refs/beads/hostile1",
      "committer x <x@x> 1700000000 +0000",
      "data 1",
      "x",
      "M 100644 inline ../../../escaped.jsonl",
      "data 3",
      "{}",
      "",
    ];
    const holding = (replica: string, text: string, segment = 1) =>
      hostile.map((line) =>
        line.replace("hostile1", replica).replace("../../../escaped", `00000${segment}.000`)
          .replace("data 3", `data ${text.length}`).replace("{}", text)
      );
    const made = (o: string) => {
      const f = { id: "cs-x", set: { title: "x" } };
      return `${JSON.stringify({ o, t: [1, 0], a: "x", b: `cs-x@${o}`, k: "create", f })}\n`;
    };
    const logs = [
      hostile.map((line) => line.replace("../../../", "escaped/")),
      holding("hostile2", "{}\n"),
      holding("hostile3", made("hostile3.5")),
      holding("hostile4", made("hostile4.1"), 2),
      holding("hostile5", made("hostile4.1")),
    ];
    for (const lines of logs) {
      const child = new Deno.Command("git", { args: ["fast-import", "--quiet"], cwd: clone, stdin: "piped" })
        .spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(lines.join("\n")));
      await writer.close();
      assert((await child.status).success);
    }
    await git(clone, "push", "--quiet", "origin", "refs/beads/hostile*:refs/beads/hostile*");
    await git(clone, "push", "--quiet", "origin", "refs/beads/hostile1:refs/beads/nested/evil-name");
    const tree = (await git(clone, "rev-parse", "refs/beads/hostile1^{tree}")).trim();
    const blob = (await git(clone, "rev-parse", "refs/beads/hostile2:000001.000.jsonl")).trim();
    await git(clone, "push", "--quiet", "origin", `${tree}:refs/beads/0tree`, `${blob}:refs/beads/0blob`);
    const summary = await syncLedger(there, ports);
    assertEquals(summary.refused.map((one) => one.replica), [
      "0blob",
      "hostile2",
      "hostile3",
      "hostile4",
      "hostile5",
    ]);
    assertEquals(there.view.beadById("cs-1")!.title, "cs-1");
    assertEquals([...Deno.readDirSync(join(there.folder, "ops"))].map((entry) => entry.name), [here.replica]);
  });
});
