import { shellWords } from "../lib/shell.ts";
import { join } from "node:path";
import { createGit, type Git } from "../git/git.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import { attemptOf } from "../work/attempt_store.ts";
import { type SampleBead, sampleCheck } from "./sample.ts";
import type { Stage } from "./stage.ts";
import type { Seen } from "./watch.ts";

/** One thing that is shown to hold, or not. */
export interface Proof {
  claim: string;
  ok: boolean;
  /** What was found, when it does not hold. */
  found?: string;
}

/** Checks the result in a fresh clone of the remote: nothing the town says is taken on trust. */
export async function proveResult(
  ports: Ports,
  options: { stage: Stage; town: Town; beads: readonly SampleBead[]; seen: Seen },
): Promise<Proof[]> {
  const { stage, town, beads, seen } = options;
  const git = createGit(ports);
  const clone = join(stage.root, "proof");
  const cloned = await git.run(stage.root, ["clone", "--quiet", "--template=", stage.remote, clone]);
  if (cloned.code !== 0) {
    return [{ claim: "the remote can be cloned", ok: false, found: cloned.stderr.trim() }];
  }
  const checked = await ports.processes.run(shellWords(sampleCheck), { cwd: clone });
  const merges = await mergesByBead(git, clone);
  const proofs: Proof[] = [];
  for (const { id } of beads) {
    const bead = town.ledger.view.beadById(id)!;
    const { landed, commit } = attemptOf(bead) ?? {};
    const held = bead.status === "closed" && await isAncestor(git, { clone, commit: landed }) &&
      await isAncestor(git, { clone, commit }) && merges.get(id) === 1;
    proofs.push({
      claim: `${id} is closed, and its commit ${commit?.slice(0, 10)} is on main, merged once`,
      ok: held,
      ...(held ? {} : { found: `status ${bead.status}, merges ${merges.get(id) ?? 0}` }),
    });
  }
  const convoy = town.ledger.view.beads("issue_type = 'convoy'")[0];
  proofs.push({ claim: "the convoy has landed", ok: convoy?.status === "closed" });
  proofs.push({
    claim: `the checks are green on main (${sampleCheck})`,
    ok: checked.code === 0,
    ...(checked.code === 0 ? {} : { found: checked.stdout + checked.stderr }),
  });
  for (const { id, accident } of beads) {
    if (accident === "conflict") {
      proofs.push({ claim: `${id} met a merge conflict and was reworked`, ok: seen.reworked.has(id) });
    }
    if (accident === "kill") {
      proofs.push({ claim: `${id} lost its worker to kill -9 and was finished`, ok: seen.killed.has(id) });
    }
  }
  return proofs;
}

async function isAncestor(
  git: Git,
  options: { clone: string; commit: string | undefined },
): Promise<boolean> {
  if (options.commit === undefined) return false;
  const args = ["merge-base", "--is-ancestor", options.commit, "origin/main"];
  return (await git.run(options.clone, args, { read: true })).code === 0;
}

/** How many commits on the first-parent line of main say that they merge a bead. */
async function mergesByBead(git: Git, clone: string): Promise<Map<string, number>> {
  const format = "--format=%(trailers:key=Bead,valueonly)";
  const log = await git.run(clone, ["log", "--first-parent", format, "origin/main"], { read: true });
  const counts = new Map<string, number>();
  for (const id of log.stdout.split("\n").filter(Boolean)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
