import { CommandError } from "../lib/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { crewSession } from "../town/crew.ts";
import { type CrewMember, crewMembers } from "../town/crew_members.ts";
import { startSession } from "../town/loops/loop_session.ts";
import { sessionNames } from "../town/session_names.ts";
import type { Town } from "../town/town.ts";
import { endHandedOff } from "./handoff.ts";
import { launchCoordinator, launchCrew } from "./launch.ts";
import { townSessions } from "../town/town_sessions.ts";
import type { SessionOrder } from "../sessions/session.ts";

type Deps = { ports: Ports; town: Town };

/** What to start for the coordinator. @throws {CommandError} when its agent cannot be used. */
export async function coordinatorOrder(deps: Deps): Promise<SessionOrder> {
  const { argv, env, cwd } = await launchCoordinator(deps);
  return {
    ...{ name: sessionNames.coordinator, cwd, env, argv },
    tags: { town: deps.town.root, role: "coordinator" },
    logFile: `${deps.town.paths.logs}/coordinator.log`,
  };
}

/** What to start for a member of the crew. @throws {CommandError} when its agent cannot be used. */
async function crewOrder(
  deps: Deps,
  { member, agent }: { member: CrewMember; agent: string | undefined },
): Promise<SessionOrder> {
  const name = crewSession(member.name);
  const { argv, env, cwd } = await launchCrew(deps, { member, agent });
  return {
    ...{ name, cwd, env: { ...env, GT_CREW: member.name }, argv },
    tags: { town: deps.town.root, role: "crew", rig: member.rig },
    logFile: `${deps.town.paths.logs}/${name}.log`,
  };
}

/** Starts the coordinator unless it runs; says whether it was started. @throws {CommandError} */
export async function startCoordinator(deps: Deps): Promise<boolean> {
  if (await isRunning(deps, sessionNames.coordinator)) return false;
  return await start(deps, await coordinatorOrder(deps));
}

/** Starts the session of a member of the crew unless it runs; says whether it was started. @throws {CommandError} */
export async function startCrew(
  deps: Deps,
  options: { member: CrewMember; agent?: string | undefined },
): Promise<boolean> {
  if (await isRunning(deps, crewSession(options.member.name))) return false;
  return await start(deps, await crewOrder(deps, { agent: undefined, ...options }));
}

/**
 * Ends the sessions that have handed off and belong to no attempt. The coordinator's is started again by whoever keeps
 * it running; one of the crew is started here. Spawns nothing unless somebody has handed off.
 */
export async function renewHandedOff(deps: Deps): Promise<string[]> {
  const ended = await endHandedOff({ town: deps.town, sessions: townSessions(deps) });
  if (ended.length === 0) return ended;
  for (const member of crewMembers(deps)) {
    if (ended.includes(crewSession(member.name))) await startCrew(deps, { member });
  }
  return ended;
}

async function isRunning(deps: Deps, name: string): Promise<boolean> {
  const listed = await townSessions(deps).list();
  if (listed.kind === "unknown") throw notStarted(name, listed.reason);
  const rows = listed.kind === "sessions" ? listed.sessions : [];
  return rows.some((row) => row.name === name && !row.dead);
}

async function start(deps: Deps, order: SessionOrder): Promise<boolean> {
  const spawned = await startSession(deps, order);
  switch (spawned.kind) {
    case "spawned":
      return true;
    case "found":
      return false;
    case "failed":
      throw notStarted(order.name, spawned.reason);
    case "occupied":
      throw notStarted(order.name, "something else has its name");
  }
}

function notStarted(session: string, reason: string): CommandError {
  return new CommandError("refused", `Cannot start session "${session}": ${reason}`, {
    code: "session_failed",
    hints: ["gt doctor"],
  });
}
