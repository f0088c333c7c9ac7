import { dirname } from "node:path";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { Bead, Ledger, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { isFailure } from "../../molecules/engine/journal/step_link.ts";
import { crewMembers } from "../../town/crew_members.ts";
import { isTown, townAt } from "../../town/town.ts";
import { crewOf } from "../../work/handing_in.ts";
import { type Unmerged, unmergedOf } from "../../work/unmerged.ts";

/**
 * Refuses to close a bead that a member of the crew has and has done work for which is not merged, unless forced, or with
 * a reason that says that it is not to be.
 *
 * @throws {CommandError} `not_merged` naming the command that hands the work in, or `worktree_unreadable`.
 */
export async function refuseUnmerged(
  { ports, args, flags }: Pick<Context, "ports" | "args" | "flags">,
  { ledger, verb }: { ledger: Ledger; verb: string },
): Promise<void> {
  if (verb !== "close" && (verb !== "update" || flags.status !== "closed")) return;
  if (flags.force === true || isFailure(flags.reason as string | undefined)) return;
  const owned = (args.bead as readonly string[]).flatMap((name) => named(ledger.view, name)).filter(isOnHook);
  const root = dirname(ledger.folder);
  if (owned.length === 0 || !isTown(ports, root)) return;
  const town = townAt(ports, root);
  const members = crewMembers({ ports, town });
  for (const bead of owned) {
    const member = members.find(({ name }) => name === crewOf(bead));
    const unmerged = member && await unmergedOf({ ports, town }, member);
    if (unmerged && unmerged.kind !== "none") throw notMerged(bead, unmerged);
  }
}

/** The bead of a name; none where a batch is still to make it, or where the change itself refuses the name. */
function named(view: View, name: string): Bead[] {
  try {
    return [resolveBead(view, name)];
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

function isOnHook(bead: Bead): boolean {
  return bead.issue_type !== "step" && bead.status !== "closed" && crewOf(bead) !== undefined;
}

function notMerged(bead: Bead, unmerged: Exclude<Unmerged, { kind: "none" }>): CommandError {
  const { id } = bead;
  const who = `crew/${crewOf(bead)}`;
  const despite = `It has nothing to do with this: bd close ${id} --force --reason "WHY"`;
  if (unmerged.kind === "unknown") {
    return new CommandError(
      "refused",
      `Cannot close "${id}": whether ${who} has work that is not merged cannot be read: ${unmerged.reason}`,
      { code: "worktree_unreadable", hints: ["gt crew list", despite] },
    );
  }
  return new CommandError("refused", `Cannot close "${id}": ${who} has ${phrase(unmerged)}`, {
    code: "not_merged",
    hints: [`Submit it; the bead is closed when it is merged: gt done ${id}`, despite],
  });
}

function phrase({ commits, files }: { commits: number; files: number }): string {
  if (commits === 1) return "1 commit that is not merged";
  if (commits > 1) return `${commits} commits that are not merged`;
  return files === 1 ? "1 file that is not committed" : `${files} files that are not committed`;
}
