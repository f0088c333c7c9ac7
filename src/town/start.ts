import { resolveAgent } from "../agents/presets.ts";
import { createGit } from "../git/git.ts";
import { requireGit } from "../git/version.ts";
import { CommandError } from "../lib/errors.ts";
import { requireTmux } from "../sessions/version.ts";
import { binLinks } from "./bin_links.ts";
import { readDesired, wakeLoops, writeDesired } from "./desired.ts";
import { isLoopRunning, type LoopDeps } from "./loops/loop.ts";
import { loopRecord } from "./loops/loop_record.ts";
import { loopLogPath } from "./loops/loop_log.ts";
import { loopOrder, startSession } from "./loops/loop_session.ts";
import { stewardLoop } from "./loops/loops.ts";
import { keepMovedWorktrees } from "./rigs/rig_parts.ts";
import { claimStart } from "./switching.ts";
import { tmuxConf } from "./tmux_conf.ts";
import { townSessions } from "./town_sessions.ts";
import { type ProgramStatus, readPrograms } from "./programs.ts";

/** What starting came to. */
export interface Started {
  /** Whether the steward ran before. */
  wasRunning: boolean;
  /** The programs as they are by now; what is gone is still being brought up. */
  programs: readonly ProgramStatus[];
  /** Name of the coordinator's agent. */
  agent: string;
}

/** How long the steward may take to answer, in ms. */
const ANSWER_PATIENCE = 15_000;
/** How long to wait for the other loops once the steward has answered, in ms. */
const LOOPS_PATIENCE = 3_000;

/**
 * Brings a town up, or brings back what is missing, and returns when the steward answers. Doing it twice is doing it once.
 *
 * @throws {CommandError} when git, tmux or an agent is missing (then nothing is changed), the town is being shut
 * down, or the steward does not answer.
 */
export async function startTown(deps: LoopDeps): Promise<Started> {
  const agent = await requireTools(deps);
  const lock = await claimStart(deps);
  try {
    return { ...await bringUp(deps), agent };
  } finally {
    lock.release();
  }
}

async function bringUp(deps: LoopDeps): Promise<Omit<Started, "agent">> {
  const { ports, town } = deps;
  await binLinks.make!(town);
  for (const rig of Object.keys((await town.config()).rigs)) keepMovedWorktrees(town, rig);
  if ((await tmuxConf.look(town)).condition !== "ok") {
    await tmuxConf.make!(town);
    await townSessions(deps).configure();
  }
  const wasUp = readDesired(ports, town.paths) === "up";
  const wasRunning = wasUp && isLoopRunning(deps, stewardLoop.name) === "alive";
  const since = ports.clock.now();
  writeDesired(ports, { paths: town.paths, desired: "up" });
  wakeLoops(ports, town.paths);
  await awaitSteward(deps, since);
  const config = await town.config();
  const until = ports.clock.monotonic() + LOOPS_PATIENCE;
  const isUp = () =>
    readPrograms(deps, config).every(({ state, pid }) =>
      state === "alive" ? pid !== undefined : state !== "gone"
    );
  while (!isUp() && ports.clock.monotonic() < until) await ports.clock.sleep(30);
  return { wasRunning, programs: readPrograms(deps, config) };
}

/** @throws {CommandError} unless git, tmux and the agents of coordinator and rigs can be used. */
async function requireTools({ ports, town }: LoopDeps): Promise<string> {
  const config = await town.config();
  await Promise.all([requireGit(createGit(ports)), requireTmux(ports)]);
  for (const rig of Object.keys(config.rigs)) resolveAgent(ports, { config, rig });
  return resolveAgent(ports, { config, role: "coordinator" }).name;
}

/** Starts the steward's session until the steward has ended a tick that began after `since`. */
async function awaitSteward(deps: LoopDeps, since: number): Promise<void> {
  const { ports, town } = deps;
  const until = ports.clock.monotonic() + ANSWER_PATIENCE;
  const order = loopOrder(deps, stewardLoop);
  let spawnAt = 0;
  for (let pause = 10; ports.clock.monotonic() < until; pause = Math.min(100, pause * 2)) {
    if (readDesired(ports, town.paths) === "down") {
      throw new CommandError("refused", `Cannot start "${town.root}": it was shut down meanwhile`, {
        code: "town_down",
        hints: ["gt start"],
      });
    }
    // A steward that was told to end a moment ago may still hold its lock, and give it up while this waits.
    if (isLoopRunning(deps, stewardLoop.name) === "gone" && ports.clock.monotonic() >= spawnAt) {
      const spawned = await startSession(deps, order);
      if (spawned.kind === "failed") {
        throw notStarted(deps, `its session cannot be started: ${spawned.reason}`);
      }
      spawnAt = ports.clock.monotonic() + 2_000;
    }
    const record = loopRecord(town, stewardLoop.name);
    if (
      record && record.at >= since && ports.processes.observe(record.pid, record.mark ?? undefined) !== "gone"
    ) {
      return;
    }
    if (record && record.failures > 2 && record.startedAt >= since) {
      throw notStarted(deps, "it fails again and again");
    }
    await ports.clock.sleep(pause);
  }
  throw notStarted(deps, `it has not answered within ${ANSWER_PATIENCE / 1000} s`);
}

function notStarted({ ports, town }: LoopDeps, state: string): CommandError {
  const log = loopLogPath(town.paths, stewardLoop.name);
  const last = (ports.files.readText(log) ?? "").trimEnd().split("\n").slice(-5);
  return new CommandError("refused", `Cannot start the steward: ${state}`, {
    code: "steward_not_started",
    hints: [...last.filter(Boolean), `Log: ${log}`, "gt doctor --fix, then gt start"],
  });
}
