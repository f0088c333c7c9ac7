import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { initLedger } from "../../src/ledger/init.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { projectionText } from "../../src/ledger/projection.ts";
import { syncLedger } from "../../src/ledger/sync.ts";
import type { Ports } from "../../src/ports/ports.ts";
import { testPorts } from "../unit/ledger/fixture.ts";

/** Clones of one bare repository, each with a ledger of its own. */
export interface Clones extends Disposable {
  place: string;
  remote: string;
  ledgers: Ledger[];
  /** The worktree of a clone. */
  worktree(at: number): string;
  /** Opens the ledger of a clone again. */
  reopen(at: number): Ledger;
}

/** Runs git to its end and returns what it printed. @throws when it fails. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args,
    cwd,
    clearEnv: true,
    env: {
      ...testPorts().env.all(),
      GIT_AUTHOR_NAME: "test",
      GIT_AUTHOR_EMAIL: "test@localhost",
      GIT_COMMITTER_NAME: "test",
      GIT_COMMITTER_EMAIL: "test@localhost",
    },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Makes the clones; `urlOf` says how they name the remote, `portsOf` what each is given of the world. */
export async function makeClones(
  count: number,
  options: { urlOf?: (remote: string) => string; portsOf?: (at: number) => Ports } = {},
): Promise<Clones> {
  const { urlOf = (remote) => remote, portsOf = () => testPorts() } = options;
  const place = Deno.makeTempDirSync({ prefix: "sync-" });
  const remote = join(place, "remote.git");
  await git(place, "init", "--quiet", "--bare", remote);
  const ledgers: Ledger[] = [];
  const worktree = (at: number) => join(place, `clone ${at}`);
  for (let at = 0; at < count; at++) {
    await git(place, "init", "--quiet", worktree(at));
    await git(worktree(at), "remote", "add", "origin", urlOf(remote));
    const folder = join(worktree(at), ".beads");
    ledgers.push(initLedger(portsOf(at), { folder, ...(at === 0 ? { prefix: "cs" } : {}) }));
  }
  return {
    place,
    remote,
    ledgers,
    worktree,
    reopen(at) {
      closeQuietly(ledgers[at]!);
      return ledgers[at] = openLedger(portsOf(at), { folder: join(worktree(at), ".beads") });
    },
    [Symbol.dispose]() {
      ledgers.forEach(closeQuietly);
      Deno.removeSync(place, { recursive: true });
    },
  };
}

function closeQuietly(ledger: Ledger): void {
  try {
    ledger.close();
  } catch {
    // A test may have closed it.
  }
}

/** Syncs clones until nothing more can come: each has sent before each receives. */
export async function syncAll(ledgers: readonly Ledger[], ports: Ports = testPorts()): Promise<void> {
  for (const ledger of [...ledgers, ...ledgers]) {
    const summary = await syncLedger(ledger, ports);
    assertEquals([summary.failure, summary.refused], [undefined, []]);
  }
}

/** Asserts that all clones show the same bytes, and returns them. */
export function assertSame(ledgers: readonly Ledger[]): string {
  const [first, ...others] = ledgers.map((ledger) => projectionText(ledger.view));
  for (const other of others) assertEquals(other, first);
  return first!;
}
