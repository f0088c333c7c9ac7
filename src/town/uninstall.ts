import { join } from "node:path";
import { createGit } from "../git/git.ts";
import { openRepository } from "../git/repository.ts";
import { listRescues, rescue } from "../git/rescue.ts";
import { worktreeState } from "../git/status.ts";
import { removeWorktree } from "../git/worktree.ts";
import { CommandError } from "../lib/errors.ts";
import { faultPoint } from "../ports/fault.ts";
import type { Ports } from "../ports/ports.ts";
import { isoTime } from "../ports/time.ts";
import { socketPath } from "../sessions/socket.ts";
import { readDesired } from "./desired.ts";
import { claimShutdown } from "./switching.ts";
import type { Town } from "./town.ts";
import { townSessions } from "./town_sessions.ts";

type Deps = { ports: Ports; town: Town };

/** A worktree of the town. */
interface Place {
  rig: string;
  path: string;
  /** What its rescue ref is named by. */
  name: string;
}

/** What uninstalling removes, and what it leaves. */
export interface Uninstallation {
  town: string;
  /** Folders and files that go, with what each is. */
  removes: { path: string; what: string }[];
  /** Those that stay. */
  keeps: { path: string; what: string }[];
  /** Worktrees whose content is kept under rescue refs before they go. */
  worktrees: string[];
}

/**
 * Looks at what uninstalling a town would remove; changes nothing.
 *
 * Without `all` the town's configuration, its ledger, the rigs' repositories with their rescue refs and the crew's
 * worktrees stay, and `gt install` makes a working town of them again.
 *
 * @throws {CommandError} `town_up`, `sessions_unknown`, or, with `all`, `crew_not_committed`.
 */
export async function planUninstall(deps: Deps, options: { all: boolean }): Promise<Uninstallation> {
  const { ports: { files }, town } = deps;
  await requireDown(deps);
  const { paths } = town;
  const workplaces = placesOf(deps, ["workers", "refinery"]);
  const crew = placesOf(deps, ["crew"]);
  if (options.all) await requireCommitted(deps, crew);
  const kept = [
    { path: paths.config, what: "the town's configuration" },
    { path: paths.beads, what: "the ledger" },
    ...await repositories(deps),
    ...crew.map(({ path }) => ({ path, what: "a worktree of the crew" })),
  ].filter(({ path }) => files.exists(path));
  const goes = [
    ...workplaces.map(({ path, name }) => ({ path, what: `the worktree of ${name}` })),
    { path: paths.runtime, what: "links, logs, settings: what this machine needs to run the town" },
    { path: socketPath(town.root), what: "the socket of its sessions" },
  ].filter(({ path }) => files.exists(path));
  return {
    town: town.root,
    removes: options.all ? [...goes, ...kept] : goes,
    keeps: options.all ? [] : kept,
    worktrees: [...workplaces, ...(options.all ? crew : [])].map(({ path }) => path),
  };
}

/**
 * Removes a town from this machine, as {@linkcode planUninstall} says. What a worktree holds and nobody else has is
 * kept under a rescue ref before anything goes, unless `all` removes the repositories as well.
 *
 * @throws {CommandError} as the plan does, and `rescue_failed` before anything is removed.
 */
export async function uninstallTown(deps: Deps, options: { all: boolean }): Promise<Uninstallation> {
  const { ports: { files }, town } = deps;
  const lock = claimShutdown(deps);
  if (!lock) throw isUp(town, "it is being started or shut down");
  try {
    const plan = await planUninstall(deps, options);
    const places = placesOf(deps, options.all ? ["workers", "refinery", "crew"] : ["workers", "refinery"]);
    for (const place of places) await keep(deps, place);
    faultPoint("uninstall.after-rescue");
    for (const place of places) await clear(deps, place);
    // The lock is in there as well: nothing is done afterwards that somebody else might be in the way of.
    const last = [town.paths.runtime, town.paths.beads, town.paths.config];
    for (const { path } of plan.removes) if (!last.includes(path)) files.remove(path);
    if (options.all) files.remove(town.paths.rigs);
    town.close();
    for (const path of last) if (plan.removes.some((one) => one.path === path)) files.remove(path);
    return plan;
  } finally {
    lock.release();
  }
}

async function requireDown(deps: Deps): Promise<void> {
  const { ports, town } = deps;
  if (readDesired(ports, town.paths) === "up") throw isUp(town, "it is up");
  const listed = await townSessions(deps).list();
  if (listed.kind === "unknown") {
    throw new CommandError("refused", `Cannot uninstall "${town.root}": ${listed.reason}`, {
      code: "sessions_unknown",
      hints: ["gt shutdown"],
    });
  }
  const names = listed.kind === "sessions" ? listed.sessions.map(({ name }) => name) : [];
  if (names.length > 0) throw isUp(town, `sessions run: ${names.join(", ")}`);
}

function isUp(town: Town, state: string): CommandError {
  return new CommandError("refused", `Cannot uninstall "${town.root}": ${state}`, {
    code: "town_up",
    hints: ["gt shutdown, then gt uninstall"],
  });
}

function placesOf({ ports: { files }, town }: Deps, areas: readonly string[]): Place[] {
  return files.list(town.paths.rigs).filter((rig) => !rig.startsWith(".")).flatMap((rig) =>
    areas.flatMap((area) => {
      const root = join(town.paths.rig(rig).root, area);
      const one = area === "workers" ? "worker" : area;
      if (area === "refinery") {
        return files.exists(root) ? [{ rig, path: root, name: `refinery-${rig}` }] : [];
      }
      return files.list(root).map((name) => ({ rig, path: join(root, name), name: `${one}-${name}` }));
    })
  );
}

async function repositories({ ports, town }: Deps): Promise<{ path: string; what: string }[]> {
  const found: { path: string; what: string }[] = [];
  for (const rig of ports.files.list(town.paths.rigs).filter((name) => !name.startsWith("."))) {
    const path = town.paths.rig(rig).repository;
    if (!ports.files.exists(path)) continue;
    const listed = await listRescues(openRepository(createGit(ports), path));
    const count = listed.kind === "rescues" ? listed.rescues.length : 0;
    const refs = count === 0 ? "" : count === 1 ? ", with 1 rescue ref" : `, with ${count} rescue refs`;
    found.push({ path, what: `the repository of ${rig}${refs}` });
  }
  const removed = join(town.paths.rigs, ".removed");
  return ports.files.exists(removed)
    ? [...found, { path: removed, what: "repositories of rigs that were removed" }]
    : found;
}

async function requireCommitted({ ports }: Deps, crew: readonly Place[]): Promise<void> {
  for (const { path } of crew) {
    const state = await worktreeState(createGit(ports), { worktree: path });
    if (state.kind === "present" && state.entries.length === 0) continue;
    throw new CommandError("refused", `Cannot remove "${path}": it has changes that are not committed`, {
      code: "crew_not_committed",
      hints: ["Commit and push them, or move the folder away"],
    });
  }
}

async function keep({ ports, town }: Deps, { rig, path, name }: Place): Promise<void> {
  const repository = openRepository(createGit(ports), town.paths.rig(rig).repository);
  const stamp = isoTime(ports.clock.now()).replaceAll(/[:.]/g, "-");
  const result = await rescue(repository, { worktree: path, name: `${name}/${stamp}` });
  if (result.kind !== "failed") return;
  throw new CommandError("refused", `Cannot keep what is in "${path}": ${result.reason}`, {
    code: "rescue_failed",
    hints: ["Nothing was removed; commit or copy what is in there, then try again"],
  });
}

async function clear({ ports, town }: Deps, { rig, path }: Place): Promise<void> {
  const repository = openRepository(createGit(ports), town.paths.rig(rig).repository);
  const result = await removeWorktree(repository, { path });
  if (result.kind === "failed") {
    throw new CommandError("refused", `Cannot remove "${path}": ${result.reason}`, { code: "remove_failed" });
  }
}
