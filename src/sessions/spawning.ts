import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sessionByName } from "./listing.ts";
import { isServerEnding, makeSocketFolder, type Tmux } from "./tmux.ts";
import type { SessionOrder, SessionRow, SessionTags, Spawned } from "./session.ts";

/** Longest message in characters that tmux takes, with room for what surrounds it. */
const longestMessage = 8_000;

/**
 * Starts a session, or finds the one that was started before with the same tags.
 *
 * The session is made with a placeholder, tagged and connected to its log, and only then gets its program: nothing
 * that the program does can come before its tags, or be missing in the log.
 */
export async function spawnSession(tmux: Tmux, order: SessionOrder): Promise<Spawned> {
  if (!/^[\w-]+$/.test(order.name)) throw new Error(`not a session name: ${order.name}`);
  if (!tmux.ports.files.exists(order.cwd)) return { kind: "failed", reason: `no such folder: ${order.cwd}` };
  makeSocketFolder(tmux.socket);
  for (let left = 3;; left--) {
    const started = await tmux.run(...spawnCommands(tmux, order));
    const [pid, pane] = started.stdout.trim().split(" ");
    if (started.code === 0 && pid && pane) {
      return { kind: "spawned", pid: Number(pid), mark: tmux.ports.processes.startMark(Number(pid)), pane };
    }
    const reason = started.timedOut ? "tmux does not answer" : started.stderr.trim();
    if (/duplicate session/.test(reason)) {
      const found = await sessionByName(tmux, order.name);
      if (found.kind === "found") return compare(tmux, { session: found.session, order });
      if (found.kind === "unknown") return { kind: "failed", reason: found.reason };
    }
    // A server ends with its last session, and one that is just ending takes no more sessions.
    const passing = isServerEnding(started) ||
      /duplicate session|no server running|error connecting/.test(reason);
    if (!passing || left === 0) {
      return { kind: "failed", reason: reason || `tmux ended with ${started.code}` };
    }
    await tmux.ports.clock.sleep(50);
  }
}

function compare(tmux: Tmux, options: { session: SessionRow; order: SessionOrder }): Spawned {
  const { session, order } = options;
  const same = (["town", "role", "rig", "bead", "attempt"] as const).every((tag) =>
    session.tags[tag] === order.tags[tag]
  );
  if (!same || session.dead || session.pid === undefined) return { kind: "occupied", session };
  const mark = tmux.ports.processes.startMark(session.pid);
  return { kind: "found", pid: session.pid, mark, pane: session.pane };
}

function spawnCommands(tmux: Tmux, order: SessionOrder): string[][] {
  const target = `=${order.name}:`;
  const cwd = literal(order.cwd);
  const program = programOf(tmux, order);
  const log = order.logFile;
  if (log !== undefined) tmux.ports.files.makeFolder(dirname(log));
  return [
    ["new-session", "-d", "-s", order.name, "-c", cwd, "exec sleep 60"],
    ...tagCommands(order.tags).map(([tag, value]) => ["set-option", "-t", target, `@gt_${tag}`, value]),
    ["set-option", "-F", "-t", target, "@gt_pane", "#{pane_id}"],
    ...(log === undefined
      ? []
      : [["pipe-pane", "-t", target, `PATH="$PATH:/usr/bin:/bin"; exec cat >> ${quoteForPipe(log)}`]]),
    ["respawn-pane", "-k", "-t", target, "-c", cwd, ...program],
    ["display-message", "-p", "-t", target, "#{pane_pid} #{pane_id}"],
  ];
}

function tagCommands(tags: SessionTags): [string, string][] {
  const present = Object.entries(tags).filter(([, value]) => value !== undefined);
  return present.map(([tag, value]) => [tag, String(value)]);
}

/** Runs a program with a changed environment; by its path, since PATH may not hold it. */
const environmentProgram = "/usr/bin/env";

/** Two words or more are run by tmux as they are; a single one would go through the user's shell. */
function programOf(tmux: Tmux, order: SessionOrder): string[] {
  const env: Record<string, string> = { ...order.env, GT_SESSION: order.name };
  const flags = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  // The path of the client that asks tmux for a pane wins over `-e`.
  const path = env.PATH === undefined ? [] : [`PATH=${env.PATH}`];
  const program = [...flags, environmentProgram, ...path, ...order.argv];
  if (program.join(" ").length <= longestMessage) return program;
  const script = join(dirname(tmux.socket), `launch-${order.name}.sh`);
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoteForShell(value)}\n`);
  const run = order.argv.map(quoteForShell).join(" ");
  writeFileSync(script, `rm -f -- "$0"\n${exports.join("")}exec ${run}\n`, { mode: 0o600 });
  return [environmentProgram, "/bin/sh", script];
}

/** Tmux expands `#` in folders. */
function literal(text: string): string {
  return text.replaceAll("#", "##");
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command of `pipe-pane` is read by tmux, by `strftime`, and then by a shell. */
function quoteForPipe(path: string): string {
  return literal(quoteForShell(path)).replaceAll("%", "%%");
}
