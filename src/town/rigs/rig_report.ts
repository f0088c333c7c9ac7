import { resolveCommit } from "../../git/commit.ts";
import { listWorktrees, type Worktree } from "../../git/worktree.ts";
import type { ImportSummary } from "../../ledger/import.ts";
import type { RigConfig } from "../config/config.ts";
import { hasCheckout, type RigAdded, rigRepository } from "./rigs.ts";
import { rigConfig, type Town } from "../town.ts";

/** A rig with what is on this machine of it. */
export interface DescribedRig extends RigConfig {
  name: string;
  folder: string;
  /** The commit its branch stood at when it was last fetched. */
  commit: string | undefined;
  worktrees: Pick<Worktree, "path" | "branch" | "head">[];
}

/** Describes a rig without asking its remote. @throws {CommandError} `rig_not_found`. */
export async function describeRig(town: Town, name: string): Promise<DescribedRig> {
  const rig = rigConfig(await town.config(), name);
  const repository = rigRepository(town, name);
  const commit = await resolveCommit(repository, `refs/remotes/origin/${rig.branch}`);
  const listed = await listWorktrees(repository);
  return {
    name,
    ...rig,
    folder: town.paths.rig(name).root,
    commit: commit.kind === "found" ? commit.commit : undefined,
    worktrees: listed.kind === "worktrees"
      ? listed.worktrees.filter((one) => !one.missing).map(({ path, branch, head }) => ({
        path,
        branch,
        head,
      }))
      : [],
  };
}

/** What a person reads after `gt rig add`. */
export function rigAddedLines(town: Town, { name, rig, existed, beads }: RigAdded): string[] {
  if (existed) return [`✓ Rig "${name}" is there already and complete`];
  const follows = hasCheckout(town, rig)
    ? ["  Its checkout follows each merge while it has no changes of its own"]
    : [];
  const checks = rig.checks.length > 0 ? [] : [
    "  No checks: whatever merges without conflict lands. To have some:",
    `    gt config set rigs.${name}.checks '[{name: test, run: npm test}]'`,
  ];
  return [
    `✓ Rig "${name}" is added: ${rig.url}, branch ${rig.branch}, ids ${rig.prefix}-…`,
    ...(beads ? importedLines(beads).map((line) => `  ${line.replace("✓ ", "")}`) : []),
    ...follows,
    ...checks,
    "",
    "Next:",
    `  bd create "What is to be done" --id ${rig.prefix}-first`,
    `  gt sling ${rig.prefix}-first ${name}`,
  ];
}

/** What a person reads after beads were taken in. */
export function importedLines(imported: { source: string; summary: ImportSummary }): string[] {
  const { created, changed, unchanged, refused } = imported.summary;
  return [
    `✓ Beads from ${imported.source}: ${created.length} new, ${changed.length} changed, ${unchanged} as they were` +
    (refused.length > 0 ? `, ${refused.length} refused` : ""),
    ...refused.map((one) => `  line ${one.line}: ${one.reason}`),
  ];
}
