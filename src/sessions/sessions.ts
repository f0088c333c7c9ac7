/**
 * Terminal sessions: the only place that spawns tmux.
 *
 * One tmux server per town, always reached by the path of its socket; argv goes in, parsed rows come out. Sessions
 * carry tags (`@gt_…` options), so that nobody has to guess from a name what a session is.
 *
 * @module
 */
import { createTmux } from "./tmux.ts";
import { attachCommand, configureServer, killServer, readServerPid } from "./server.ts";
import { listSessions } from "./listing.ts";
import { spawnSession } from "./spawning.ts";
import { endSession } from "./ending.ts";
import { capturePane, pressEnter, typeLine, typeText } from "./pane.ts";
import type {
  Captured,
  Ended,
  ServerState,
  SessionList,
  SessionOrder,
  SessionPorts,
  Spawned,
  Typed,
} from "./session.ts";

/** The sessions of one town. */
export interface Sessions {
  /** Path of the server's socket. */
  readonly socket: string;
  /** Starts a session, and the server when there is none; repeating it is harmless. */
  spawn(order: SessionOrder): Promise<Spawned>;
  list(): Promise<SessionList>;
  /** Ends all processes of a session (SIGTERM, after `graceMs` SIGKILL; 3000 by default), then the session. */
  end(name: string, options?: { graceMs?: number }): Promise<Ended>;
  /** Reads the screen and up to `lines` lines of history above it; 0 by default. */
  capture(name: string, options?: { lines?: number }): Promise<Captured>;
  /** Types a text and, a moment later, Enter; line ends in the text become spaces. */
  typeLine(name: string, text: string): Promise<Typed>;
  /** Types a text without Enter; line ends in it become spaces. */
  typeText(name: string, text: string): Promise<Typed>;
  /** Presses Enter. */
  pressEnter(name: string): Promise<Typed>;
  /** What to run, with which environment, to show a session in this terminal. */
  attachCommand(name: string): { argv: string[]; env: Record<string, string> };
  /** Makes a running server read its configuration again. */
  configure(): Promise<ServerState>;
  server(): Promise<ServerState>;
  /** Ends the server with all its sessions; their programs get SIGHUP. */
  killServer(): Promise<void>;
}

/** Makes the sessions of the server at `socket`; a server that has to be started reads `confFile`. */
export function createSessions(
  ports: SessionPorts,
  options: { socket: string; confFile: string },
): Sessions {
  const tmux = createTmux(ports, options);
  return {
    socket: options.socket,
    spawn: (order) => spawnSession(tmux, order),
    list: () => listSessions(tmux),
    end: (name, end) => endSession(tmux, { name, ...end }),
    capture: (name, capture) => capturePane(tmux, { name, ...capture }),
    typeLine: (name, text) => typeLine(tmux, { name, text }),
    typeText: (name, text) => typeText(tmux, { name, text }),
    pressEnter: (name) => pressEnter(tmux, name),
    attachCommand: (name) => attachCommand(tmux, name),
    configure: () => configureServer(tmux),
    server: () => readServerPid(tmux),
    killServer: () => killServer(tmux),
  };
}
