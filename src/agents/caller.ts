import type { Env } from "../ports/env.ts";
import type { Ports } from "../ports/ports.ts";
import { crewMembers } from "../town/crew_members.ts";
import type { Town } from "../town/town.ts";
import { type AgentRole, agentRoles } from "./settings.ts";

/** Who calls, as the environment of its session says. */
export interface Caller {
  role: AgentRole | "overseer";
  /** The name it acts under. */
  actor: string;
  /** The tmux session it runs in; absent outside. */
  session?: string;
  /** Name of the agent that runs in it. */
  agent?: string;
  rig?: string;
  /** For a worker: id of the bead and number of the attempt its session was started for. */
  bead?: string;
  n?: number;
  /** A person in the place of an agent: what is left for the agent's session stays for that. */
  byHand?: true;
}

/** Reads who calls; a role nobody knows is a person. */
export function callerOf(env: Env, actor: string): Caller {
  const role = env.get("GT_ROLE");
  const n = Number(env.get("GT_ATTEMPT"));
  const caller: Caller = {
    role: agentRoles.find((known) => known === role) ?? "overseer",
    actor,
  };
  const session = env.get("GT_SESSION");
  const agent = env.get("GT_AGENT");
  const rig = env.get("GT_RIG");
  const bead = env.get("GT_BEAD");
  if (session !== undefined) caller.session = session;
  if (agent !== undefined) caller.agent = agent;
  if (rig !== undefined) caller.rig = rig;
  if (bead !== undefined) caller.bead = bead;
  if (Number.isInteger(n) && n > 0) caller.n = n;
  return caller;
}

/** {@linkcode callerOf}; a person in the folder of a member of the crew, or who acts in its name, stands for that member. */
export function callerHere({ ports, town }: { ports: Ports; town: Town }, actor: string): Caller {
  const caller = callerOf(ports.env, actor);
  if (caller.role !== "overseer") return caller;
  const name = /^crew\/(.+)$/.exec(actor)?.[1] ?? town.place().crew;
  const member = crewMembers({ ports, town }).find((one) => one.name === name);
  if (!member) return caller;
  return { ...caller, role: "crew", actor: `crew/${member.name}`, rig: member.rig, byHand: true };
}
