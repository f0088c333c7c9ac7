import type { Ports } from "../../ports/ports.ts";
import type { Town } from "../../town/town.ts";
import type { Caller } from "../caller.ts";
import { createHooks, type Hooks } from "./hooks.ts";
import { createScriptScreen, type ScriptScreen } from "./screen.ts";
import { createScriptWorker, type ScriptWorker } from "./turns.ts";

/** Most turns that hooks may add to one; more would be a loop. */
const mostTurns = 8;

/**
 * Runs the script agent in this terminal until its session ends; returns its exit code.
 *
 * `settings` is the path of the hook settings it is started with, as a client of Claude Code's kind gets them.
 */
export async function runScriptAgent(
  deps: { ports: Ports; town: Town },
  options: { caller: Caller; settings: string | undefined },
): Promise<number> {
  const { ports, town } = deps;
  const { caller } = options;
  const cwd = ports.env.cwd();
  const screen = createScriptScreen(ports.terminal);
  const sessionId = [...ports.random.bytes(16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const hooks = createHooks(ports, { settings: options.settings, sessionId, cwd });
  const worker = workerOf(deps, { caller, stage: { hooks, screen, cwd } });
  town.close();
  screen.act(title(caller));
  const stopped = new Promise<number>((resolve) => ports.processes.onStop(() => resolve(0)));
  const code = await Promise.race([stopped, live({ hooks, screen, worker })]);
  await hooks.fire("SessionEnd", { reason: "other" }).catch(() => []);
  screen.close();
  return code;
}

function title({ actor, bead, n }: Caller): string {
  return `script agent (no model): ${actor}${bead === undefined ? "" : `, ${bead}, attempt ${n}`}`;
}

function workerOf(
  { ports, town }: { ports: Ports; town: Town },
  options: { caller: Caller; stage: { hooks: Hooks; screen: ScriptScreen; cwd: string } },
): ScriptWorker | undefined {
  const { caller, stage } = options;
  const { bead, n } = caller;
  if (caller.role !== "worker" || bead === undefined || n === undefined) return undefined;
  const speed = Number(ports.env.get("GT_SPEED"));
  return createScriptWorker(ports, {
    caller: { ...caller, bead, n },
    stage: {
      ...stage,
      ports,
      root: town.root,
      bead,
      target: ports.env.get("GT_TARGET") ?? "main",
      speed: speed > 0 ? speed : 1,
    },
  });
}

interface Life {
  hooks: Hooks;
  screen: ScriptScreen;
  worker: ScriptWorker | undefined;
}

/** From its first breath to the end of its input. */
async function live(life: Life): Promise<number> {
  const { hooks, screen, worker } = life;
  show(screen, "SessionStart", await hooks.fire("SessionStart", { source: "startup" }));
  if (worker && await turn(life, { prompt: "Begin.", told: false })) return 1;
  for (;;) {
    screen.prompt();
    const line = await screen.nextLine();
    if (line === undefined) return 0;
    if (await turn(life, { prompt: line, told: true })) return 1;
  }
}

/** One turn: a prompt, what the agent does, and what its hooks make of its stopping. Says whether the agent ends. */
async function turn(life: Life, options: { prompt: string; told: boolean }): Promise<boolean> {
  const { hooks, screen, worker } = life;
  let { told } = options;
  screen.act(`reads: ${options.prompt}`);
  show(screen, "UserPromptSubmit", await hooks.fire("UserPromptSubmit", { prompt: options.prompt }));
  for (let count = 1; count <= mostTurns; count++) {
    const end = await worker?.turn({ told });
    if (end?.exits) return true;
    const reason = refusal(await hooks.fire("Stop", { stop_hook_active: count > 1 }));
    if (reason === undefined) return false;
    screen.act("is told to go on");
    screen.detail(reason, { lines: 4 });
    told = true;
  }
  return false;
}

/** Why a Stop hook does not let the agent stop. */
function refusal(outcomes: readonly { code: number | undefined; stdout: string }[]): string | undefined {
  for (const { code, stdout } of outcomes) {
    if (code !== 0 || stdout.trim() === "") continue;
    try {
      const answer = JSON.parse(stdout) as { decision?: unknown; reason?: unknown };
      if (answer.decision === "block") return String(answer.reason ?? "");
    } catch {
      // Not an answer.
    }
  }
  return undefined;
}

function show(
  screen: ScriptScreen,
  event: string,
  outcomes: readonly { code: number | undefined; stdout: string }[],
): void {
  for (const { code, stdout } of outcomes) {
    // What a hook that failed has said does not reach the agent, with Claude Code neither.
    if (code !== 0) screen.act(`${event} hook failed (${code ?? "killed"})`);
    else if (stdout.trim() !== "") {
      screen.act(`${event} hook says`);
      screen.detail(stdout, { lines: 6 });
    }
  }
}
