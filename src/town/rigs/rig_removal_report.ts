import { CommandError } from "../../lib/errors.ts";
import type { Bead } from "../../ledger/ledger.ts";
import { putDownCommand } from "../../work/hooks.ts";
import type { RigRemoval } from "./rig_remove.ts";

/** Refuses to remove a rig that somebody works in; `live` are the beads on its hooks and those of its crew. @throws {CommandError} `rig_in_use`. */
export function refuseLiveRig(plan: RigRemoval, live: readonly Bead[]): void {
  const reasons = [
    ...(live.length > 0 ? [`${live.length} bead${live.length === 1 ? " is" : "s are"} on its hooks`] : []),
    ...(plan.dirty.length > 0 ? ["crew worktrees have uncommitted changes"] : []),
  ];
  if (reasons.length === 0) return;
  throw new CommandError("refused", `Cannot remove rig "${plan.name}": ${reasons.join(", and ")}`, {
    code: "rig_in_use",
    hints: [
      ...live.slice(0, 5).map(putDownCommand),
      ...plan.dirty.map((path) => `commit what is in ${path}`),
      `gt rig remove ${plan.name} --force   takes beads off their hooks and keeps changes under rescue refs`,
    ],
  });
}

/** What a person reads after, or instead of, a removal. */
export function removalLines(
  removal: RigRemoval,
  options: { live: readonly string[]; dry: boolean },
): string[] {
  const { name, folder, worktrees, dirty, kept } = removal;
  const { live, dry } = options;
  const first = dry ? `Rig "${name}" would be removed, with ${folder}` : `✓ Rig "${name}" is removed`;
  return [
    first,
    ...(dry && worktrees.length > 0 ? [`  worktrees: ${worktrees.join(", ")}`] : []),
    ...(dry && dirty.length > 0 ? [`  with uncommitted changes: ${dirty.join(", ")}`] : []),
    ...(live.length > 0 ? [`  ${dry ? "would come" : "came"} off their hooks: ${live.join(", ")}`] : []),
    ...(dry ? ["  what only this machine has would be kept in rigs/.removed"] : []),
    ...(kept === undefined ? [] : [
      `  what only this machine had is kept: git --git-dir='${kept}' for-each-ref refs/gt/rescue`,
    ]),
  ];
}
