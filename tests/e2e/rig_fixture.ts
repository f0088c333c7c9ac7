/**
 * A town with one rig, in a folder whose name has a space, without a steward or sessions: attempts are put into the
 * ledger as the machine would, and the programs of the rig are ticked by the test.
 *
 * @module
 */
import { join } from "node:path";
import { createGit, type Git, type Repository } from "../../src/git/git.ts";
import { createRepository } from "../../src/git/repository.ts";
import { initLedger } from "../../src/ledger/init.ts";
import type { Bead } from "../../src/ledger/ledger.ts";
import { createClock } from "../../src/ports/clock.ts";
import { createTestEnv } from "../../src/ports/env.ts";
import { createPorts, type Ports } from "../../src/ports/ports.ts";
import { createTestTerminal } from "../../src/ports/terminal.ts";
import { writeDesired } from "../../src/town/desired.ts";
import type { LoopTick } from "../../src/town/loops/loop.ts";
import { inbox, type Message } from "../../src/town/mail/mail.ts";
import { type Town, townAt } from "../../src/town/town.ts";
import type { Attempt, AttemptEvent } from "../../src/work/attempt.ts";
import { advance, attemptOf, writeAttempt } from "../../src/work/attempt_store.ts";
import { firstAttempt } from "../../src/work/attempt_machine.ts";
import { defaultLimits } from "../../src/work/limits.ts";

/** The town, and what a test does with it. */
export interface TestRig {
  readonly root: string;
  readonly remote: string;
  readonly deps: { ports: Ports; town: Town };
  readonly repository: Repository;
  readonly git: Git;
  readonly env: Record<string, string>;
  /** What the loops logged. */
  readonly logged: string[];
  /** Runs git and returns what it printed. */
  run(cwd: string, ...args: string[]): Promise<string>;
  /** Commits files on top of the remote's branch and pushes them to another; returns the commit. */
  push(branch: string, files: Record<string, string>, options?: { from?: string }): Promise<string>;
  /** Makes a bead with an attempt that is working, on a branch with these files. */
  working(id: string, files: Record<string, string>, options?: { priority?: number }): Promise<string>;
  /** {@linkcode working}, submitted. */
  submitted(id: string, files: Record<string, string>, options?: { priority?: number }): Promise<string>;
  /** {@linkcode submitted}, verified. */
  queued(id: string, files: Record<string, string>, options?: { priority?: number }): Promise<string>;
  happen(id: string, ...events: DistributiveOmit<AttemptEvent, "at">[]): void;
  bead(id: string): Bead;
  attempt(id: string): Attempt;
  mailOf(address: string): Message[];
  /** What a loop would give to a tick. */
  context(options?: Partial<LoopTick>): LoopTick;
  /** The first-parent history of the remote's main branch: subject and trailers, newest first. */
  landed(): Promise<string[]>;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Makes the town for `use`, and removes it; `rig` are lines of its settings in town.yaml. */
export async function withRig(
  options: { rig?: string; limits?: string; now?: () => number },
  use: (rig: TestRig) => Promise<void>,
): Promise<void> {
  const outer = await Deno.makeTempDir({ prefix: "gt rig " });
  const root = join(await Deno.realPath(outer), "my town");
  try {
    const rig = await createTestRig(root, options);
    try {
      await use(rig);
    } finally {
      rig.deps.town.close();
    }
  } finally {
    await Deno.remove(outer, { recursive: true });
  }
}

async function createTestRig(
  root: string,
  options: { rig?: string; limits?: string; now?: () => number },
): Promise<TestRig> {
  const remote = join(root, "..", "the remote.git");
  const env = {
    HOME: join(root, "home"),
    PATH: Deno.env.get("PATH")!,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
    // The sources, run with another home, need the packages of this run.
    DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/", ".cache", "deno"),
  };
  await Deno.mkdir(env.HOME, { recursive: true });
  const clock = { ...createClock(), ...(options.now ? { now: options.now } : {}) };
  const ports: Ports = {
    ...createPorts(["gt"], "gt"),
    clock,
    env: createTestEnv(env, root),
    terminal: createTestTerminal(),
  };
  const config = [
    "town: test",
    "agent: script",
    "limits:",
    "  retry_after: 1s",
    options.limits ?? "",
    "rigs:",
    "  app:",
    `    url: ${JSON.stringify(remote)}`,
    "    prefix: app",
    options.rig ?? "",
  ].filter(Boolean).join("\n");
  await Deno.writeTextFile(join(root, "town.yaml"), config + "\n");
  initLedger(ports, { folder: join(root, ".beads"), prefix: "hq" }).close();
  const town = townAt(ports, root);
  writeDesired(ports, { paths: town.paths, desired: "up" });
  const rig = bindRig({ root, remote, env, deps: { ports, town }, git: createGit(ports) });
  await makeRemote(rig, join(root, "..", "first"));
  const repository = await createRepository(rig.git, {
    folder: town.paths.rig("app").repository,
    url: remote,
  });
  return { ...rig, repository };
}

async function makeRemote(rig: Pick<TestRig, "remote" | "run">, folder: string): Promise<void> {
  await Deno.mkdir(folder);
  await rig.run(folder, "init", "-q", "-b", "main");
  await Deno.writeTextFile(join(folder, "notes.txt"), "first line\n");
  await rig.run(folder, "add", "-A");
  await rig.run(folder, "commit", "-qm", "begin");
  await rig.run(folder, "clone", "-q", "--bare", folder, rig.remote);
}

function bindRig(
  base: Pick<TestRig, "root" | "remote" | "env" | "deps" | "git">,
): Omit<TestRig, "repository"> {
  const { remote, deps: { ports, town } } = base;
  const { ledger } = town;
  const logged: string[] = [];
  const person = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
  let clones = 0;
  const rig: Omit<TestRig, "repository"> = {
    ...base,
    logged,
    async run(cwd, ...args) {
      const finished = await base.git.run(cwd, [...person, ...args]);
      if (finished.code !== 0) throw new Error(`git ${args.join(" ")}: ${finished.stderr}`);
      return finished.stdout.trim();
    },
    async push(branch, files, options = {}) {
      const clone = join(base.root, "..", `clone ${clones++}`);
      await rig.run(base.root, "clone", "-q", "-b", options.from ?? "main", remote, clone);
      for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(join(clone, path), text);
      await rig.run(clone, "add", "-A");
      await rig.run(clone, "commit", "-qm", `Change ${Object.keys(files).join(", ")}`);
      await rig.run(clone, "push", "-q", "origin", `HEAD:refs/heads/${branch}`);
      return await rig.run(clone, "rev-parse", "HEAD");
    },
    async working(id, files, options = {}) {
      const commit = await rig.push(`gt/${id}`, files);
      const bead = ledger.view.beadById(id) ??
        ledger.write("overseer", (transaction) =>
          transaction.create(id, {
            title: `Do ${id}`,
            status: "open",
            issue_type: "task",
            priority: options.priority ?? 2,
          }));
      const attempt = firstAttempt({
        bead: id,
        rig: "app",
        agent: "script",
        target: "main",
        at: ports.clock.now(),
        by: "overseer",
      });
      const effects = [{ kind: "setBead" as const, fields: { status: "hooked" } }];
      ledger.write("overseer", (transaction) => writeAttempt(transaction, { bead, attempt, effects }));
      rig.happen(
        id,
        { kind: "granted", worker: Number(/\d+$/.exec(id)?.[0] ?? 1) },
        { kind: "worktreePrepared", baseCommit: commit },
        { kind: "sessionSpawned" },
        { kind: "agentReady" },
      );
      return commit;
    },
    async submitted(id, files, options) {
      const commit = await rig.working(id, files, options);
      rig.happen(id, { kind: "submitted", commit });
      return commit;
    },
    async queued(id, files, options) {
      const commit = await rig.submitted(id, files, options);
      rig.happen(id, { kind: "verified" });
      return commit;
    },
    happen(id, ...events) {
      for (const event of events) {
        const result = advance(ledger, {
          actor: "test",
          key: rig.bead(id).key,
          n: rig.attempt(id).n,
          event: { ...event, at: ports.clock.now() } as AttemptEvent,
          limits: defaultLimits,
        });
        if (result.kind !== "moved") throw new Error(`${event.kind} of ${id}: ${JSON.stringify(result)}`);
      }
    },
    bead: (id) => ledger.view.beadById(id)!,
    attempt: (id) => attemptOf(rig.bead(id))!,
    mailOf: (address) => inbox(ledger.view, { address }),
    context: (options = {}) => ({
      signal: new AbortController().signal,
      woken: false,
      log: (text) => void logged.push(text),
      nudge() {},
      ...options,
    }),
    async landed() {
      const format = "--format=%s|%(trailers:key=Bead,valueonly,separator=%x20)|" +
        "%(trailers:key=Attempt,valueonly,separator=%x20)";
      return (await rig.run(remote, "log", "--first-parent", format, "main")).split("\n");
    },
  };
  return rig;
}
