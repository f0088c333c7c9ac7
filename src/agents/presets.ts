/**
 * Agents: which one does the work, how it is launched, and what it is told.
 *
 * @module
 */
import { CommandError } from "../lib/errors.ts";
import { closestWord } from "../lib/closest_word.ts";
import type { Ports } from "../ports/ports.ts";
import type { AgentConfig, TownConfig } from "../town/config/config.ts";
import { isPreset, presetNames } from "../town/names.ts";
import { findProgram } from "./path_lookup.ts";
import type { RecordsName } from "./records/records.ts";
import { type AgentHooks, type Preset, presets, type PromptMode } from "./preset_table.ts";

/** The ports that choosing an agent needs. */
export type AgentPorts = Pick<Ports, "env" | "files" | "processes">;

/** An agent, ready to be launched: `command`, `args`, then `promptFlag` and the prompt where it is an argument. */
export interface Agent {
  name: string;
  /** The preset it starts from; undefined when town.yaml says everything. */
  preset: string | undefined;
  label: string;
  /** Absolute path of the program; what was written where it was not found. */
  command: string;
  args: readonly string[];
  /** Arguments about the folder it works in, whose path takes the place of `{folder}`. */
  folderArgs: readonly string[];
  promptMode: PromptMode;
  /** The word before a prompt that is an argument. */
  promptFlag: string | undefined;
  hooks: AgentHooks;
  resumeFlag: string | undefined;
  /** Words that go on with the last conversation of the folder, for one that tells no ids. */
  continueWords: readonly string[] | undefined;
  forkFlag: string | undefined;
  askFlag: string | undefined;
  ready: string | undefined;
  /** The line in which one without hooks takes input, where that is an unusual one. */
  input: string | undefined;
  resumedPrompt: PromptMode;
  /** Whose records tell of the conversations of one without hooks. */
  records: RecordsName | undefined;
  env: Readonly<Record<string, string>>;
}

/** An agent of the town, with whether it can run here. */
export interface ListedAgent extends Agent {
  found: boolean;
  /** Whether town.yaml says something about it. */
  configured: boolean;
}

/** Who may name the agent, strongest first. */
export interface AgentChoice {
  config: Pick<TownConfig, "agent" | "agents" | "coordinator" | "rigs">;
  /** What the caller asked for: `--agent`. */
  flag?: string | undefined;
  /** What the bead asks for. */
  bead?: string | undefined;
  rig?: string | undefined;
  role?: "coordinator" | "worker" | undefined;
}

/** Name of the agent to use: asked for, else the bead's, the role's or the rig's, the town's, else `claude` where it is found. */
export function agentName(ports: AgentPorts, choice: AgentChoice): string {
  const { config, flag, bead, rig, role } = choice;
  const ofRig = rig !== undefined && Object.hasOwn(config.rigs, rig) ? config.rigs[rig]?.agent : undefined;
  const named = flag ?? bead ?? (role === "coordinator" ? config.coordinator.agent : undefined) ?? ofRig ??
    config.agent;
  if (named !== undefined) return named;
  if (agentNamed(ports, { config, name: "claude" })?.found) return "claude";
  throw new CommandError(
    "refused",
    'Cannot choose an agent: none is configured, and "claude" is not on PATH',
    {
      code: "agent_not_configured",
      hints: [...choices(ports, config), "gt config set agent NAME"],
    },
  );
}

/**
 * The agent to use, ready to be launched.
 *
 * @throws {CommandError} `agent_not_configured`, `agent_unknown` or `agent_not_found` (its program is not on PATH), naming the choices.
 */
export function resolveAgent(ports: AgentPorts, choice: AgentChoice): Agent {
  const name = agentName(ports, choice);
  const agent = agentNamed(ports, { config: choice.config, name });
  if (!agent) throw unknownAgent(ports, { config: choice.config, name });
  if (agent.found) {
    const { found: _found, configured: _configured, ...rest } = agent;
    return rest;
  }
  throw new CommandError("refused", `Cannot use agent "${name}": "${agent.command}" is not on PATH`, {
    code: "agent_not_found",
    hints: [`Install ${agent.label}, or choose another agent`, ...choices(ports, choice.config)],
  });
}

/** Every agent of the town: the built-in ones, and those of town.yaml. */
export function listAgents(ports: AgentPorts, config: Pick<TownConfig, "agents">): ListedAgent[] {
  const names = new Set([...Object.keys(config.agents), ...presetNames]);
  return [...names].map((name) => agentNamed(ports, { config, name })!);
}

/** One agent by name. @throws {CommandError} `agent_unknown`. */
export function listedAgent(
  ports: AgentPorts,
  named: { config: Pick<TownConfig, "agents">; name: string },
): ListedAgent {
  const agent = agentNamed(ports, named);
  if (!agent) throw unknownAgent(ports, named);
  return agent;
}

function agentNamed(
  ports: AgentPorts,
  options: { config: Pick<TownConfig, "agents">; name: string },
): ListedAgent | undefined {
  const { config, name } = options;
  const own: AgentConfig | undefined = Object.hasOwn(config.agents, name) ? config.agents[name] : undefined;
  const base = own?.preset ?? (isPreset(name) ? name : undefined);
  const preset: Preset | undefined = base !== undefined && isPreset(base) ? presets[base] : undefined;
  if (!own && !preset) return undefined;
  const launch = own?.command !== undefined
    ? { command: own.command, args: [] as readonly string[] }
    : launchOf(ports, preset!);
  const path = findProgram(ports, launch.command);
  const promptMode = own?.prompt ?? preset?.prompt ?? "argument";
  return {
    name,
    preset: base,
    label: own?.command === undefined && preset ? preset.label : name,
    command: path ?? launch.command,
    args: [...launch.args, ...(own?.args ?? preset?.args ?? [])],
    folderArgs: own?.command === undefined ? preset?.folderArgs ?? [] : [],
    promptMode,
    promptFlag: own?.command === undefined ? preset?.promptFlag : undefined,
    hooks: own?.hooks ?? preset?.hooks ?? "none",
    resumeFlag: own?.resume ?? preset?.resume,
    continueWords: own?.continue,
    forkFlag: preset?.fork,
    askFlag: preset?.ask,
    ready: own?.ready ?? preset?.ready,
    input: own?.input ?? preset?.input,
    records: preset?.records,
    resumedPrompt: own?.prompt ?? preset?.resumedPrompt ?? promptMode,
    env: { ...preset?.env, ...own?.env },
    found: path !== undefined,
    configured: own !== undefined,
  };
}

function launchOf(ports: AgentPorts, preset: Preset): { command: string; args: readonly string[] } {
  if (typeof preset.command === "string") return { command: preset.command, args: [] };
  if (preset.command.builtin === "shell") return { command: ports.env.get("SHELL") ?? "/bin/sh", args: [] };
  const [command, ...args] = ports.processes.self;
  return { command: command!, args };
}

function unknownAgent(
  ports: AgentPorts,
  named: { config: Pick<TownConfig, "agents">; name: string },
): CommandError {
  const names = [...new Set([...Object.keys(named.config.agents), ...presetNames])];
  const near = closestWord(named.name, names);
  return new CommandError("refused", `Cannot find agent "${named.name}": there is no such agent`, {
    code: "agent_unknown",
    hints: [...(near === undefined ? [] : [`did you mean "${near}"?`]), ...choices(ports, named.config)],
  });
}

/** The agents to choose from: those that run here, and those that would have to be installed. */
function choices(ports: AgentPorts, config: Pick<TownConfig, "agents">): string[] {
  const all = listAgents(ports, config);
  const names = (found: boolean) =>
    all.filter((agent) => agent.found === found).map((agent) => agent.name).join(", ");
  return [
    `found here: ${names(true)}`,
    ...(names(false) ? [`known, but not on PATH: ${names(false)}`] : []),
  ];
}
