import { delimiter, join } from "node:path";
import { createGit } from "../git/git.ts";
import { identityFallback } from "../git/identity.ts";
import { openRepository } from "../git/repository.ts";
import { printable } from "../lib/printable.ts";
import type { Ports } from "../ports/ports.ts";
import type { Town } from "../town/town.ts";
import { crewSession } from "../town/crew.ts";
import type { CrewMember } from "../town/crew_members.ts";
import { sessionNames } from "../town/session_names.ts";
import { workerName, workerSession } from "../work/attempt.ts";
import type { Assignment } from "../work/attempt_store.ts";
import { noteResume } from "./conversations.ts";
import { guardVariable } from "./guard_call.ts";
import { type Agent, resolveAgent } from "./presets.ts";
import { noteKept } from "./kept_conversations.ts";
import { conversationToResume } from "./resume.ts";
import type { InputLook } from "./screen.ts";
import { type AgentRole, settingsText } from "./settings.ts";
import {
  inputLook,
  mayContinue,
  noteTerminal,
  type StartingAgent,
  type TerminalAgent,
  terminalOf,
} from "./terminal_agent.ts";

/** What launching needs. */
export interface LaunchDeps {
  ports: Ports;
  town: Town;
}

/** What to run in a session for an agent. */
export interface Launch {
  argv: string[];
  /** Added to the session's environment. */
  env: Record<string, string>;
  cwd: string;
  /** A line to be typed once the agent takes input; undefined when the prompt is in `argv`, or none is needed. */
  typed: string | undefined;
  /** For a typed prompt: a regular expression that the screen matches once the agent takes input. */
  ready: string | undefined;
  /** How its screen says that it takes input, where it has no hooks. */
  look: InputLook | undefined;
}

/** Who is to be launched, and where. */
export interface LaunchOrder {
  role: AgentRole;
  /** The name it acts under: `worker-3`, `coordinator`, `crew/ann`. */
  actor: string;
  agent: Agent;
  /** The folder it works in. */
  worktree: string;
  rig?: string;
  assignment?: Assignment;
  /** The words that make it go on with its conversation. */
  resume?: readonly string[] | undefined;
}

/** What to run for the worker of an attempt; writes its settings. @throws {CommandError} when its agent cannot be used. */
export async function launchWorker(deps: LaunchDeps, assignment: Assignment): Promise<Launch> {
  const { attempt } = assignment;
  const agent = resolveAgent(deps.ports, { config: await deps.town.config(), flag: attempt.agent });
  const worktree = deps.town.paths.rig(attempt.rig).worker(attempt.worker!);
  const caller = {
    ...{
      role: "worker" as const,
      actor: workerName(attempt.worker!),
      session: workerSession(attempt.worker!),
    },
    ...{ rig: attempt.rig, bead: assignment.bead.id, n: attempt.n },
  };
  return await launchFor(deps, {
    role: "worker",
    actor: workerName(attempt.worker!),
    agent,
    worktree,
    rig: attempt.rig,
    assignment,
    resume: takeUp(deps, { agent, caller, cwd: worktree }),
  });
}

/** What to run for the coordinator; writes its settings. @throws {CommandError} when its agent cannot be used. */
export async function launchCoordinator(deps: LaunchDeps): Promise<Launch> {
  const agent = resolveAgent(deps.ports, { config: await deps.town.config(), role: "coordinator" });
  const { root } = deps.town;
  const who = { role: "coordinator" as const, actor: "coordinator" };
  const resume = takeUp(deps, { agent, caller: { ...who, session: sessionNames.coordinator }, cwd: root });
  return await launchFor(deps, { ...who, agent, worktree: root, resume });
}

/** What to run for a member of the crew; writes its settings. @throws {CommandError} when its agent cannot be used. */
export async function launchCrew(
  deps: LaunchDeps,
  { member, agent: flag }: { member: CrewMember; agent: string | undefined },
): Promise<Launch> {
  const { rig, path } = member;
  const agent = resolveAgent(deps.ports, { config: await deps.town.config(), rig, flag });
  const who = { role: "crew" as const, actor: `crew/${member.name}`, rig };
  const resume = takeUp(deps, { agent, caller: { ...who, session: crewSession(member.name) }, cwd: path });
  return await launchFor(deps, { ...who, agent, worktree: path, resume });
}

/** The words with which the next session goes on with the last, which counts as taken up from now on; records the start. */
function takeUp(deps: LaunchDeps, starting: StartingAgent): readonly string[] | undefined {
  const { agent, caller, cwd } = starting;
  const { ledger } = deps.town;
  const { bead, n, session } = caller;
  const before = terminalOf(ledger, session);
  // The steward looks now and then; a client that died soon may not have been looked at yet.
  if (before?.agent === agent.name && before.cwd === cwd) noteKeptQuietly(deps, before);
  const work = bead === undefined || n === undefined ? {} : { work: { bead, n } };
  const id = conversationToResume(deps, { agent, session, cwd, ...work })?.id;
  if (id !== undefined) noteResume(ledger, id);
  const continues = id === undefined && before !== undefined && mayContinue(ledger, { before, starting });
  noteTerminal(deps, { ...starting, continues });
  if (id !== undefined) return [agent.resumeFlag!, id];
  return continues ? agent.continueWords : undefined;
}

/** Records that cannot be read are as good as none: the agent then begins anew. */
function noteKeptQuietly(deps: LaunchDeps, terminal: TerminalAgent): void {
  try {
    noteKept(deps, terminal);
  } catch {
    // The steward's log says what is wrong with them.
  }
}

/** What to run for an agent in a role; writes the settings it is started with. Nothing is written where it works. */
export async function launchFor(deps: LaunchDeps, order: LaunchOrder): Promise<Launch> {
  const { agent, worktree } = order;
  // The words that go on with a conversation come first: with some agents they are a command of their own.
  const isResumed = order.resume !== undefined;
  const argv = [
    agent.command,
    ...order.resume ?? [],
    ...agent.args,
    ...agent.folderArgs.map((word) => word.replace("{folder}", JSON.stringify(worktree))),
  ];
  if (agent.hooks === "claude-settings") argv.push("--settings", writeSettings(deps, order.role));
  if (agent.preset === "claude") {
    const { trustFolders } = await import("./claude_trust.ts");
    const repository = order.rig === undefined ? [] : [deps.town.paths.rig(order.rig).repository];
    await trustFolders(deps.ports, { folders: [worktree, ...repository], env: agent.env });
  }
  const prompt = firstPrompt(order);
  const mode = isResumed ? agent.resumedPrompt : agent.promptMode;
  if (prompt !== undefined && mode === "argument") {
    argv.push(...(agent.promptFlag === undefined ? [] : [agent.promptFlag]), prompt);
  }
  return {
    argv,
    env: await environment(deps, order),
    cwd: worktree,
    typed: mode === "typed" ? prompt : undefined,
    ready: agent.ready,
    look: inputLook(agent),
  };
}

/** Path of the settings file of a role. */
export function settingsPath(town: Pick<Town, "paths">, role: AgentRole): string {
  return join(town.paths.runtime, "settings", `${role}.json`);
}

/** The text that the settings file of a role has in a town. */
export function settingsOf(town: Pick<Town, "paths">, role: AgentRole): string {
  return settingsText(role, { gt: join(town.paths.bin, "gt") });
}

function writeSettings({ ports, town }: LaunchDeps, role: AgentRole): string {
  const path = settingsPath(town, role);
  const text = settingsOf(town, role);
  if (ports.files.readText(path) !== text) ports.files.writeText(path, text);
  return path;
}

/** One line that names role and work; an agent with hooks and nothing to do gets none, so that it costs nothing. */
export function firstPrompt(
  order: Pick<LaunchOrder, "role" | "actor" | "agent" | "assignment" | "resume">,
): string | undefined {
  const { role, actor, agent, assignment } = order;
  const brief = agent.hooks === "none" ? "Run the command gt prime and do what it says." : undefined;
  if (role !== "worker" || !assignment) return brief && `You are ${spoken(actor)}. ${brief}`;
  const { bead } = assignment;
  // What is typed is to fit into one line of any terminal.
  if (order.resume !== undefined && agent.resumedPrompt === "typed" && brief !== undefined) return brief;
  const title = printable(bead.title).replaceAll('"', "'").slice(0, 120);
  if (order.resume !== undefined) {
    return `Your session ended unexpectedly and goes on now; on your hook is ${bead.id} "${title}". ` +
      (brief ?? "Go on from where you were: what the last command did may have to be done again.");
  }
  return `You are ${spoken(actor)}; on your hook is ${bead.id} "${title}". ` +
    (brief ?? "Begin now, as your briefing says; without a briefing, run gt prime.");
}

/** A name that no agent takes for a path. */
function spoken(actor: string): string {
  return actor === "coordinator" ? "the coordinator" : actor.replace("/", " ");
}

async function environment({ ports, town }: LaunchDeps, order: LaunchOrder): Promise<Record<string, string>> {
  const { role, actor, agent, rig, assignment } = order;
  const env: Record<string, string> = {
    ...agent.env,
    PATH: [
      town.paths.bin,
      ...(ports.env.get("PATH") ?? "").split(delimiter).filter((at) => at !== town.paths.bin),
    ]
      .join(delimiter),
    GT_TOWN: town.root,
    GT_ROLE: role,
    GT_AGENT: agent.name,
    BD_ACTOR: actor,
  };
  const guard = guardVariable(await town.config(), agent.env.HOME ?? ports.env.get("HOME") ?? "/");
  if (guard !== undefined) env.GT_GUARD = guard;
  if (rig !== undefined) {
    env.GT_RIG = rig;
    const repository = openRepository(createGit(ports), town.paths.rig(rig).repository);
    Object.assign(env, await identityFallback(repository.git, repository.folder));
  }
  if (assignment) {
    const { bead, attempt } = assignment;
    env.GT_WORKER = String(attempt.worker);
    env.GT_BEAD = bead.id;
    env.GT_ATTEMPT = String(attempt.n);
    env.GT_BRANCH = attempt.branch;
    env.GT_TARGET = attempt.target;
  }
  return env;
}
