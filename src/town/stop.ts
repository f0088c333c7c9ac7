import { createGit } from "../git/git.ts";
import { openRepository } from "../git/repository.ts";
import { rescue } from "../git/rescue.ts";
import { CommandError } from "../lib/errors.ts";
import { isoTime } from "../ports/time.ts";
import { readDesired, writeDesired } from "./desired.ts";
import { isLoopRunning, type LoopDeps } from "./loops/loop.ts";
import type { Town } from "./town.ts";
import { townSessions } from "./town_sessions.ts";
import type { SessionRow } from "../sessions/session.ts";

/** What shutting down came to. */
export interface Stopped {
  /** Whether the town was meant to be down before. */
  wasDown: boolean;
  ended: readonly string[];
  /** Refs that hold what was in a worktree and nowhere else. */
  rescued: readonly { worktree: string; ref: string }[];
  /** What could not be ended or kept, in words. */
  troubles: readonly string[];
  /** Sessions on the town's server that are not the town's; they were left alone. */
  foreign: readonly string[];
}

/** How to shut down. */
export interface StopOptions {
  /** How long agents may take to finish their turn, in ms; 0 also hurries programs that do not end when told to. */
  graceMs: number;
  /** Is told what is waited for. */
  progress(text: string): void;
}

/** How long programs get from SIGTERM to SIGKILL when there is no time, in ms. */
const HURRY = 500;

/** The roles whose sessions end first, so that nobody acts on the end of the others. */
const loopRoles: readonly string[] = ["steward", "witness", "refinery"];

/**
 * Shuts a town down for good: nothing of it runs afterwards, and nothing starts again before `gt start`.
 *
 * Worktrees stay where they are; what is in them and nowhere else is also kept under rescue refs. Doing it twice is
 * doing it once. @throws {CommandError} when the sessions cannot be read.
 */
export async function stopTown(deps: LoopDeps, options: StopOptions): Promise<Stopped> {
  const { ports, town } = deps;
  const wasDown = readDesired(ports, town.paths) === "down";
  const running = runningLoops(deps);
  writeDesired(ports, { paths: town.paths, desired: "down" });
  const { own, foreign } = await readSessions(deps);
  await awaitTurns(deps, { sessions: own, options });
  const troubles: string[] = [];
  const self = ports.env.get("GT_SESSION");
  const ended = await endSessions(deps, {
    sessions: own.filter(({ name }) => name !== self),
    troubles,
    options,
  });
  const rescued = await rescueAll(deps, troubles);
  await awaitLoops(deps, troubles);
  // What was spawned by a loop that had not yet noticed that the town is down.
  const late = (await readSessions(deps)).own.filter(({ name }) => name !== self);
  ended.push(...await endSessions(deps, { sessions: late, troubles, options }));
  // Loops end by themselves once the town is down, often before their session can be.
  const left = new Set(runningLoops(deps));
  ended.push(...running.filter((name) => !left.has(name)).map((name) => `gt-${name}`));
  return {
    wasDown,
    ended: [...new Set(ended)].sort(),
    rescued,
    troubles,
    foreign: foreign.map(({ name }) => name),
  };
}

/** Ends the server itself, and with it the session this may be called from: the last thing a caller does. */
export async function stopServer(deps: LoopDeps): Promise<void> {
  const sessions = townSessions(deps);
  const { foreign } = await readSessions(deps);
  if (foreign.length === 0) await sessions.killServer();
  else if (deps.ports.env.get("GT_SESSION")) await sessions.end(deps.ports.env.get("GT_SESSION")!);
}

/** Asks again where the answer is unknown: a server that is just ending gives none, and a moment later it is gone. */
async function known<T extends { kind: string }>({ ports }: LoopDeps, ask: () => Promise<T>): Promise<T> {
  for (let left = 5;; left--) {
    const answer = await ask();
    if (answer.kind !== "unknown" || left === 0) return answer;
    await ports.clock.sleep(100);
  }
}

async function readSessions(deps: LoopDeps): Promise<{ own: SessionRow[]; foreign: SessionRow[] }> {
  const listed = await known(deps, () => townSessions(deps).list());
  if (listed.kind === "unknown") {
    throw new CommandError("refused", `Cannot shut down: the sessions cannot be read: ${listed.reason}`, {
      code: "sessions_unknown",
      hints: ["The town stays down and nothing is started again; run gt shutdown once more"],
    });
  }
  const rows = listed.kind === "sessions" ? listed.sessions : [];
  const isOwn = (row: SessionRow) => row.tags.town === deps.town.root;
  return { own: rows.filter(isOwn), foreign: rows.filter((row) => !isOwn(row)) };
}

/** Waits until no agent is in the middle of a turn, or the grace is over. */
async function awaitTurns(
  { ports, town }: LoopDeps,
  { sessions, options }: { sessions: readonly SessionRow[]; options: StopOptions },
): Promise<void> {
  const until = ports.clock.monotonic() + options.graceMs;
  const self = ports.env.get("GT_SESSION");
  const agents = sessions.filter(({ name, tags, dead }) =>
    !dead && name !== self && (tags.role === "worker" || tags.role === "coordinator")
  );
  let said = "";
  for (;;) {
    const busy = agents.map(({ name }) => name).filter((name) => isBusy(town, name));
    const left = until - ports.clock.monotonic();
    if (busy.length === 0 || left <= 0) return;
    const text = `waiting for ${busy.join(", ")} to finish their turn`;
    if (text !== said) options.progress(`${text} (at most ${Math.ceil(left / 1000)} s; --now does not wait)`);
    said = text;
    await ports.clock.sleep(Math.min(100, left));
  }
}

/** Whether an agent's hooks said that a turn is under way; nobody is waited for where that cannot be read. */
function isBusy(town: Town, session: string): boolean {
  try {
    return town.ledger.ephemeral.get<{ busy?: boolean }>("activity", session)?.busy === true;
  } catch {
    return false;
  }
}

async function endSessions(
  deps: LoopDeps,
  { sessions, troubles, options }: {
    sessions: readonly SessionRow[];
    troubles: string[];
    options: StopOptions;
  },
): Promise<string[]> {
  const ended: string[] = [];
  const patience = options.graceMs === 0 ? { graceMs: HURRY } : {};
  const isLoop = ({ tags }: SessionRow) => loopRoles.includes(tags.role ?? "");
  for (const wave of [sessions.filter(isLoop), sessions.filter((row) => !isLoop(row))]) {
    await Promise.all(wave.map(async ({ name }) => {
      const result = await known(deps, () => townSessions(deps).end(name, patience));
      if (result.kind === "unknown") troubles.push(`session ${name}: ${result.reason}`);
      else ended.push(name);
      if (result.kind === "ended" && result.left.length > 0) {
        troubles.push(`session ${name}: processes ${result.left.join(", ")} do not end`);
      }
    }));
  }
  return ended.sort();
}

/** Keeps what is in the worktrees of workers and crew and nowhere else. */
async function rescueAll(deps: LoopDeps, troubles: string[]): Promise<{ worktree: string; ref: string }[]> {
  const { ports, town } = deps;
  const git = createGit(ports);
  const rescued: { worktree: string; ref: string }[] = [];
  const stamp = isoTime(ports.clock.now()).replaceAll(/[:.]/g, "-");
  for (const rig of ports.files.list(town.paths.rigs)) {
    const paths = town.paths.rig(rig);
    const repository = openRepository(git, paths.repository);
    const workers = ports.files.list(paths.workers).map((name) => [`worker-${name}`, paths.worker(name)]);
    const crew = ports.files.list(`${paths.root}/crew`).map((name) => [`crew-${name}`, paths.crew(name)]);
    for (const [name, worktree] of [...workers, ...crew] as [string, string][]) {
      const result = await rescue(repository, { worktree, name: `${name}/${stamp}` });
      if (result.kind === "rescued") rescued.push({ worktree, ref: result.ref });
      if (result.kind === "failed") troubles.push(`worktree ${worktree} is kept as it is: ${result.reason}`);
    }
  }
  return rescued;
}

/** Waits for loops that somebody runs outside of tmux; they look at the desired state by themselves. */
async function awaitLoops(deps: LoopDeps, troubles: string[]): Promise<void> {
  const { ports } = deps;
  const until = ports.clock.monotonic() + 5_000;
  while (runningLoops(deps).length > 0 && ports.clock.monotonic() < until) await ports.clock.sleep(50);
  for (const name of runningLoops(deps)) troubles.push(`${name} still runs, outside of the town's sessions`);
}

/** Names of the loops that run, of rigs that are no longer configured too; needs no configuration. */
function runningLoops(deps: LoopDeps): string[] {
  const { ports, town } = deps;
  return ports.files.list(town.paths.locks)
    .filter((name) => /^(steward|witness-.*|refinery-.*)\.lock$/.test(name))
    .map((name) => name.slice(0, -".lock".length))
    .filter((name) => isLoopRunning(deps, name) === "alive");
}
