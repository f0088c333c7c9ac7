import { deleteBranch } from "../git/branch.ts";
import { rescue } from "../git/rescue.ts";
import { fetch } from "../git/repository.ts";
import { worktreeState } from "../git/status.ts";
import { addWorktree, removeWorktree } from "../git/worktree.ts";
import { CommandError } from "../lib/errors.ts";
import type { Bead } from "../ledger/ledger.ts";
import type { Ports } from "../ports/ports.ts";
import { isoTime } from "../ports/time.ts";
import { putDownCommand, takenOnByCrew } from "../work/hooks.ts";
import { releaseCrew } from "../work/release.ts";
import { type CrewMember, crewMember, crewMembers } from "./crew_members.ts";
import { namePattern } from "./names.ts";
import { lockRig, rigRepository } from "./rigs/rigs.ts";
import { rigConfig, type Town } from "./town.ts";
import { townSessions } from "./town_sessions.ts";

type Deps = { ports: Ports; town: Town };

/** A member with what stands in its worktree, as `gt crew list --json` gives it. */
export interface CrewRow extends CrewMember {
  branch?: string;
  /** Number of files that are not committed. */
  changes: number;
  /** Commits that the rig's branch does not have, and the other way round. */
  ahead: number;
  behind: number;
  session: string;
  running: boolean;
}

/** The tmux session of a member. */
export function crewSession(name: string): string {
  return `gt-crew-${name}`;
}

/**
 * Makes a worktree of a rig for a person, on the branch `crew/<name>`; finds it where it is there already.
 *
 * @throws {CommandError} `bad_crew_name`, `crew_exists` in another rig, or `worktree_failed`.
 */
export async function addCrew(
  deps: Deps,
  order: { name: string; rig: string },
): Promise<CrewMember & { created: boolean; branch: string }> {
  const { town } = deps;
  const name = order.name.replace(/^crew\//, "");
  requireName(name);
  const elsewhere = crewMembers(deps).find((one) => one.name === name && one.rig !== order.rig);
  if (elsewhere) {
    throw new CommandError(
      "refused",
      `Cannot add crew "${name}": rig ${elsewhere.rig} has one of this name`,
      {
        code: "crew_exists",
        hints: ["Mail and sessions know a member by its name alone: choose another"],
      },
    );
  }
  const lock = await lockRig(town, order.rig);
  try {
    const target = rigConfig(await town.config(), order.rig).branch;
    const repository = rigRepository(town, order.rig);
    // What is known of the remote will do where it cannot be reached now.
    await fetch(repository);
    const path = town.paths.rig(order.rig).crew(name);
    const branch = `crew/${name}`;
    const there = await worktreeState(repository.git, { worktree: path });
    if (there.kind === "present") {
      return { name, rig: order.rig, path, branch: there.branch ?? "", created: false };
    }
    const added = await addWorktree(repository, { path, branch, base: `refs/remotes/origin/${target}` });
    if (added.kind === "ready") return { name, rig: order.rig, path, branch, created: added.created };
    throw new CommandError("refused", `Cannot add crew "${name}": ${added.reason}`, {
      code: "worktree_failed",
      hints: ["gt doctor"],
    });
  } finally {
    lock.release();
  }
}

function requireName(name: string): void {
  if (namePattern.test(name) && name.length <= 40) return;
  throw new CommandError(
    "usage",
    `Cannot use crew name "${name}": it must be of a-z, 0-9 and -, beginning with a letter`,
    { code: "bad_crew_name", hints: ["for example: ann"] },
  );
}

/** Every member with the state of its worktree and session. */
export async function crewRows(deps: Deps): Promise<CrewRow[]> {
  const { town } = deps;
  const listed = await townSessions(deps).list();
  const running = new Set(
    listed.kind === "sessions" ? listed.sessions.filter(({ dead }) => !dead).map(({ name }) => name) : [],
  );
  const { rigs } = await town.config();
  return await Promise.all(
    crewMembers(deps).map(async (member) => {
      const target = rigs[member.rig]?.branch;
      const state = await worktreeState(rigRepository(town, member.rig).git, {
        worktree: member.path,
        ...(target === undefined ? {} : { base: `refs/remotes/origin/${target}` }),
      });
      const session = crewSession(member.name);
      const row = { ...member, session, running: running.has(session), changes: 0, ahead: 0, behind: 0 };
      if (state.kind !== "present") return row;
      const { branch, entries, ahead = 0, behind = 0 } = state;
      return { ...row, ...(branch === undefined ? {} : { branch }), changes: entries.length, ahead, behind };
    }),
  );
}

/** What removing a member came to. */
export interface CrewRemoved extends CrewMember {
  /** The ref that holds what nobody else has. */
  rescue?: string;
  /** Ids of the beads that came off its hook. */
  released: readonly string[];
}

/**
 * Removes a member: its session, its worktree and its branch. What only these hold is kept under a rescue ref first,
 * and what is on its hook comes off.
 *
 * @throws {CommandError} `crew_not_found`; `crew_in_use` or `crew_not_committed` unless forced; `wrong_state` while a bead
 * of its own is being merged; `rescue_failed`.
 */
export async function removeCrew(
  deps: Deps,
  options: { name: string; force: boolean; by: string },
): Promise<CrewRemoved> {
  const { ports, town } = deps;
  const member = crewMember(deps, options.name);
  const { name, rig, path } = member;
  const lock = await lockRig(town, rig);
  try {
    const repository = rigRepository(town, rig);
    const state = await worktreeState(repository.git, { worktree: path });
    const changes = state.kind === "present" ? state.entries.length : 0;
    if (!options.force) refuseUsed(name, { changes, beads: takenOnByCrew(town.ledger.view, [name]) });
    const released = releaseCrew(deps, { crew: [name], by: options.by }).map(({ id }) => id);
    await townSessions(deps).end(crewSession(name));
    const keepAs = `crew-${name}/${isoTime(ports.clock.now()).replaceAll(/[:.]/g, "-")}`;
    const rescued = await rescue(repository, { worktree: path, name: keepAs });
    if (rescued.kind === "failed") throw notKept(name, rescued.reason);
    const removed = await removeWorktree(repository, { path });
    if (removed.kind === "failed" || removed.kind === "foreign") {
      throw notKept(name, removed.kind === "failed" ? removed.reason : `${path} is no worktree of this rig`);
    }
    const deleted = await deleteBranch(repository, { branch: `crew/${name}`, name: keepAs });
    if (deleted.kind === "failed") throw notKept(name, deleted.reason);
    return { ...member, ...(rescued.kind === "rescued" ? { rescue: rescued.ref } : {}), released };
  } finally {
    lock.release();
  }
}

/** @throws {CommandError} `crew_in_use` or `crew_not_committed`, for a member with beads or files of its own. */
function refuseUsed(name: string, { changes, beads }: { changes: number; beads: readonly Bead[] }): void {
  const reasons = [
    ...(beads.length > 0
      ? [beads.length === 1 ? "1 bead is on its hook" : `${beads.length} beads are on its hook`]
      : []),
    ...(changes > 0 ? [`${changes === 1 ? "1 file is" : `${changes} files are`} not committed`] : []),
  ];
  if (reasons.length === 0) return;
  const force = [
    ...(beads.length > 0 ? ["takes beads off the hook"] : []),
    ...(changes > 0 ? ["keeps files under a rescue ref"] : []),
  ];
  throw new CommandError("refused", `Cannot remove crew "${name}": ${reasons.join(", and ")}`, {
    code: beads.length > 0 ? "crew_in_use" : "crew_not_committed",
    hints: [
      ...beads.slice(0, 5).map(putDownCommand),
      ...(changes > 0 ? ["Commit the files"] : []),
      `gt crew remove ${name} --force   ${force.join(" and ")}`,
    ],
  });
}

function notKept(name: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot remove crew "${name}": ${reason}`, {
    code: "rescue_failed",
    hints: ["Nothing of it is lost; look at the folder, then try again"],
  });
}
