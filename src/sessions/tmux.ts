import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../lib/errors.ts";
import type { Finished } from "../ports/process.ts";
import { sessionEnvironment } from "./environment.ts";
import type { SessionPorts } from "./session.ts";

/** Runs commands on one tmux server. */
export interface Tmux {
  readonly ports: SessionPorts;
  readonly socket: string;
  readonly confFile: string;
  /** Runs commands in order as one message to the server, so that all of them happen or none. */
  run(...commands: readonly (readonly string[])[]): Promise<Finished>;
}

/** After so many ms a server that does not answer counts as unknown. */
const patienceMs = 10_000;

/** Makes the runner. */
export function createTmux(
  ports: SessionPorts,
  options: { socket: string; confFile: string },
): Tmux {
  const { socket, confFile } = options;
  return {
    ports,
    socket,
    confFile,
    async run(...commands) {
      const argv = [...tmuxArgv(options), ...joinCommands(commands)];
      const env = sessionEnvironment(ports.env.all());
      try {
        return await ports.processes.run(argv, { cwd: "/", env, timeoutMs: patienceMs });
      } catch (error) {
        throw tmuxMissing(error);
      }
    },
  };
}

/** How often a command is run at most whose server ends under it. */
const mostAsked = 4;

/**
 * Runs commands that may run twice. A server ends with its last session, and whoever asks it just then is told no more
 * than that: the same is asked again, of the next server or of none.
 */
export async function askTmux(tmux: Tmux, ...commands: readonly (readonly string[])[]): Promise<Finished> {
  for (let asked = 1;; asked++) {
    const finished = await tmux.run(...commands);
    if (finished.code === 0 || !isServerEnding(finished) || asked === mostAsked) return finished;
    await tmux.ports.clock.sleep(20);
  }
}

/** Whether the server ended while it was asked. */
export function isServerEnding({ stderr }: Pick<Finished, "stderr">): boolean {
  return /^(server exited|lost server)/m.test(stderr);
}

/** The words before a tmux command: the socket, our configuration only, and names in UTF-8 whatever the locale. */
export function tmuxArgv(options: { socket: string; confFile: string }): string[] {
  return ["tmux", "-u", "-S", options.socket, "-f", options.confFile];
}

/** Puts `;` between commands; a word that ends in one would be taken for the end of its command. */
export function joinCommands(commands: readonly (readonly string[])[]): string[] {
  return commands.flatMap((command, at) => {
    const words = command.map((word) => word.endsWith(";") ? `${word.slice(0, -1)}\\;` : word);
    return at === 0 ? words : [";", ...words];
  });
}

/** Makes the folder of the socket, for its user only when it is not the town's own. */
export function makeSocketFolder(socket: string): void {
  const folder = dirname(socket);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!socket.endsWith("/.gt/tmux.sock")) chmodSync(folder, 0o700);
}

/** What a failed command says about the server. */
export type Trouble = { kind: "no-server" } | { kind: "absent" } | { kind: "unknown"; reason: string };

/** Tells a server that is not there from a session that is not there, and both from trouble. */
export function troubleOf(finished: Finished): Trouble {
  const said = finished.stderr.trim();
  if (finished.timedOut) return { kind: "unknown", reason: "tmux does not answer" };
  if (/^no server running|\((No such file or directory|Connection refused)\)$/m.test(said)) {
    return { kind: "no-server" };
  }
  if (/^can't find (session|pane|window)/m.test(said)) return { kind: "absent" };
  return { kind: "unknown", reason: said.slice(0, 500) || `tmux ended with ${finished.code}` };
}

/** Makes an error of a tmux that cannot be started; everything else passes. */
export function tmuxMissing(cause: unknown): unknown {
  if ((cause as { code?: string }).code !== "ENOENT") return cause;
  return new CommandError("refused", "Cannot run tmux: it is not on PATH", {
    code: "tmux_missing",
    hints: ["Install tmux 3.2 or newer, for example: sudo apt-get install tmux"],
    cause,
  });
}
