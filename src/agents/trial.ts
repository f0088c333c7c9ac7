import { join } from "node:path";
import { createGit } from "../git/git.ts";
import type { Ports } from "../ports/ports.ts";
import { tmuxConfiguration } from "../sessions/configuration.ts";
import { createSessions, type Sessions } from "../sessions/sessions.ts";
import { installTown } from "../town/install.ts";
import { sessionNames } from "../town/session_names.ts";
import type { Town } from "../town/town.ts";
import { activityOf } from "./activity.ts";
import { forgetFolders } from "./claude_trust.ts";
import { type Launch, launchFor } from "./launch.ts";
import type { Agent } from "./presets.ts";
import { readScreen } from "./screen.ts";
import { typeSafely } from "./typing.ts";

/** What a trial looks at, in this order. */
export type TrialStage = "launch" | "ready" | "prompt" | "exit";

/** How far an agent got; `waits` means that it asks a person something on its screen. */
export interface TrialStep {
  stage: TrialStage;
  outcome: "ok" | "waits" | "failed" | "skipped";
  /** What was seen. */
  detail: string;
  ms: number;
  /** The screen, where it says why. */
  screen?: string;
}

/** What is tried, and how long each step may take, in ms. */
export interface TrialOrder {
  agent: Agent;
  patienceMs: number;
  progress(step: TrialStep): void;
}

interface Trial {
  ports: Ports;
  order: TrialOrder;
  town: Town;
  sessions: Sessions;
  launch: Launch;
  /** The words that the agent gets, where it gets any. */
  prompt: string;
}

type Seen = Omit<TrialStep, "stage" | "ms">;

const session = "gt-trial";
const request = "Reply with the word ready, and do nothing else.";
const lookEvery = 100;
/** How long a program must live to count as started, in ms. */
const breath = 700;
/** How long it gets to end, in ms. */
const graceMs = 3_000;

/**
 * Starts an agent as a worker would be started, in a scratch worktree with a town of its own, and reports how far it
 * gets. Nothing of it stays: neither the folder nor what the agent was told to trust, nor a process.
 */
export async function tryAgent(ports: Ports, order: TrialOrder): Promise<TrialStep[]> {
  const folder = join(
    ports.env.get("TMPDIR") ?? "/tmp",
    `gt-trial-${ports.processes.pid}-${ports.clock.now()}`,
  );
  ports.files.makeFolder(folder);
  const scratch = ports.files.realPath(folder)!;
  const worktree = join(scratch, "project");
  try {
    const { town } = await installTown(ports, { path: join(scratch, "town"), name: "trial" });
    try {
      await makeProject(ports, worktree);
      const { agent } = order;
      const launched = await launchFor({ ports, town }, {
        ...{ role: "crew", actor: "crew/trial", agent, worktree },
      });
      const launch = withRequest(launched, agent);
      const sessions = scratchSessions(ports, scratch);
      const prompt = agent.hooks === "none" ? launch.typed ?? launch.argv.at(-1)! : request;
      return await run({ ports, order, town, sessions, launch, prompt });
    } finally {
      town.close();
    }
  } finally {
    if (order.agent.preset === "claude") {
      await forgetFolders(ports, { folders: [worktree], env: order.agent.env });
    }
    ports.files.remove(scratch);
  }
}

async function makeProject(ports: Ports, folder: string): Promise<void> {
  ports.files.writeText(join(folder, "README.md"), "# A scratch project\n");
  const git = createGit(ports);
  const person = ["-c", "user.name=gt", "-c", "user.email=gt@localhost"];
  await git.run(folder, ["init", "--quiet", "--initial-branch=main"]);
  await git.run(folder, ["add", "--all"]);
  await git.run(folder, [...person, "commit", "--quiet", "--no-verify", "--message=begin"]);
}

/** An agent with hooks is briefed by them: what it gets besides is a request that costs next to nothing. */
function withRequest(launch: Launch, agent: Agent): Launch {
  const isArgument = agent.hooks !== "none" && agent.promptMode === "argument";
  return isArgument ? { ...launch, argv: [...launch.argv, request] } : launch;
}

function scratchSessions(ports: Ports, scratch: string): Sessions {
  const confFile = join(scratch, "tmux.conf");
  ports.files.writeText(
    confFile,
    tmuxConfiguration({ names: sessionNames, rigs: [] }) + "set -g remain-on-exit on\n",
  );
  return createSessions(ports, { socket: join(scratch, "tmux.sock"), confFile });
}

async function run(trial: Trial): Promise<TrialStep[]> {
  const { ports, order, sessions } = trial;
  const steps: TrialStep[] = [];
  const step = async (stage: TrialStage, look: () => Promise<Seen>): Promise<boolean> => {
    const began = ports.clock.monotonic();
    const seen = await look();
    const done: TrialStep = { stage, ...seen, ms: Math.round(ports.clock.monotonic() - began) };
    steps.push(done);
    order.progress(done);
    return seen.outcome === "ok";
  };
  const skipped = () => Promise.resolve<Seen>({ outcome: "skipped", detail: "it did not come to it" });
  try {
    const launched = await step("launch", () => start(trial));
    const ready = await step("ready", launched ? () => awaitReady(trial) : skipped);
    await step("prompt", ready ? () => awaitPrompt(trial) : skipped);
    await step("exit", launched ? () => end(trial) : skipped);
  } finally {
    await sessions.killServer();
  }
  return steps;
}

async function start(trial: Trial): Promise<Seen> {
  const { ports, order, sessions, launch } = trial;
  const spawned = await sessions.spawn({
    ...{ name: session, cwd: launch.cwd, env: launch.env, argv: launch.argv },
    tags: { town: trial.town.root, role: "crew" },
  });
  if (spawned.kind !== "spawned") {
    return { outcome: "failed", detail: spawned.kind === "failed" ? spawned.reason : "no session" };
  }
  await ports.clock.sleep(breath);
  return await isDead(trial)
    ? { outcome: "failed", detail: "it ended at once", screen: await shown(trial) }
    : { outcome: "ok", detail: `${order.agent.command}, process ${spawned.pid}` };
}

/** By its hook where it has one, else by its screen. */
async function awaitReady(trial: Trial): Promise<Seen> {
  const { order: { agent }, town } = trial;
  const ready = agent.ready === undefined ? undefined : new RegExp(agent.ready, "m");
  return await watch(trial, "it is not ready", (screen) => {
    if (agent.hooks === "none") {
      const isReady = ready === undefined ? screen.trim() !== "" : ready.test(screen);
      return isReady ? { outcome: "ok", detail: "its screen takes input" } : undefined;
    }
    return activityOf(town.ledger, session) && { outcome: "ok", detail: "its hook has reported" };
  });
}

/** By its hook where it has one, else by what its screen shows. */
async function awaitPrompt(trial: Trial): Promise<Seen> {
  const { order: { agent }, launch, town, prompt } = trial;
  if (agent.promptMode === "none" && agent.hooks === "none") {
    return { outcome: "skipped", detail: "it gets none" };
  }
  const isTyped = agent.hooks === "none" ? launch.typed !== undefined : agent.promptMode !== "argument";
  if (isTyped) {
    const typed = await typeSafely(trial, { session, text: prompt, isTyped: false, look: launch.look });
    if (typed.kind !== "taken") {
      return { outcome: "failed", detail: "what is typed is not taken", screen: await shown(trial) };
    }
  }
  const wanted = bare(prompt);
  return await watch(trial, "it has not taken its prompt", (screen) => {
    if (agent.hooks === "none") {
      return bare(screen).includes(wanted) || isTyped
        ? { outcome: "ok", detail: "its screen shows it; whether a model answers was not looked at" }
        : undefined;
    }
    const activity = activityOf(town.ledger, session);
    return activity?.event === "prompt" || activity?.event === "stop"
      ? { outcome: "ok", detail: "its hook has acknowledged it" }
      : undefined;
  });
}

async function end({ ports, sessions }: Trial): Promise<Seen> {
  const began = ports.clock.monotonic();
  const ended = await sessions.end(session, { graceMs });
  if (ended.kind === "unknown") return { outcome: "failed", detail: ended.reason };
  const left = ended.kind === "ended" ? ended.left : [];
  const how = ports.clock.monotonic() - began < graceMs ? "when told to" : "only when it was killed";
  return left.length === 0
    ? { outcome: "ok", detail: `it ended ${how}, and left no process` }
    : { outcome: "failed", detail: `processes ${left.join(", ")} do not end` };
}

/** Looks until there is something to say; a question on the screen, an end, and the end of patience are that too. */
async function watch(
  trial: Trial,
  otherwise: string,
  look: (screen: string) => Seen | undefined,
): Promise<Seen> {
  const { ports, order, sessions } = trial;
  const until = ports.clock.monotonic() + order.patienceMs;
  for (;;) {
    const captured = await sessions.capture(session);
    const screen = captured.kind === "captured" ? captured.text : "";
    if (await isDead(trial)) {
      return { outcome: "failed", detail: "it has ended", screen: await shown(trial) };
    }
    if (captured.kind === "captured" && readScreen(captured, trial.launch.look) === "decision") {
      return { outcome: "waits", detail: "it asks a person for a decision", screen };
    }
    const seen = look(screen);
    if (seen) return seen;
    if (ports.clock.monotonic() >= until) {
      return {
        outcome: "failed",
        detail: `${otherwise} after ${Math.round(order.patienceMs / 1000)} s`,
        screen,
      };
    }
    await ports.clock.sleep(lookEvery);
  }
}

async function isDead({ sessions }: Trial): Promise<boolean> {
  const listed = await sessions.list();
  if (listed.kind === "unknown") return false;
  const row = listed.kind === "sessions" ? listed.sessions.find(({ name }) => name === session) : undefined;
  return row === undefined || row.dead;
}

async function shown({ sessions }: Trial): Promise<string> {
  // A terminal whose program has ended scrolls what it said away.
  const captured = await sessions.capture(session, { lines: 60 });
  return captured.kind === "captured" ? captured.text : "";
}

/** Programs wrap what they show. */
function bare(text: string): string {
  return text.replace(/[\s│|┃▌]/gu, "");
}
