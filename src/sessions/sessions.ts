/**
 * Terminal sessions: the only place that spawns tmux.
 *
 * One tmux server per town, always reached by the path of its socket; argv goes in, parsed rows come out. Sessions
 * carry tags (`@gt_…` options), so that nobody has to guess from a name what a session is.
 *
 * @module
 */
import type { Ports } from "../ports/ports.ts";
import { createTmux } from "./tmux.ts";
import { attachCommand, configureServer, killServer, readServerPid } from "./server.ts";
import { listSessions } from "./listing.ts";
import { spawnSession } from "./spawning.ts";
import { endSession } from "./ending.ts";
import { capturePane, pressEnter, typeLine, typeText } from "./pane.ts";

/** The ports that sessions need. */
export type SessionPorts = Pick<Ports, "clock" | "env" | "files" | "processes">;

/** What a session is for; kept on the session as `@gt_town`, `@gt_role` and so on. */
export interface SessionTags {
  town: string;
  role: string;
  rig?: string;
  bead?: string;
  attempt?: number;
}

/** What to start. */
export interface SessionOrder {
  /** Letters, digits, `-` and `_`. */
  name: string;
  cwd: string;
  /** Added to the environment that the server was started with; `GT_SESSION` is added to it. */
  env: Readonly<Record<string, string>>;
  /** Run as it is, without a shell. */
  argv: readonly string[];
  tags: SessionTags;
  /** Gets everything that the pane shows, added to its end. */
  logFile?: string;
}

/** One session, as the server sees it. */
export interface SessionRow {
  name: string;
  tags: Partial<SessionTags>;
  /** The pane that the session was made with: `%3`. */
  pane: string;
  /** Process id of the program in that pane; undefined when that pane is gone and only a person's own is left. */
  pid: number | undefined;
  /** Whether the program in the pane has ended. */
  dead: boolean;
  /** Number of terminals that show the session. */
  attached: number;
  /** When it was made, in ms since the epoch. */
  createdAt: number;
  /** When the pane's window last showed something new, in ms since the epoch. */
  activeAt: number;
}

/** All sessions of the server, or why they are not known. */
export type SessionList =
  | { kind: "sessions"; sessions: SessionRow[] }
  | { kind: "no-server" }
  | { kind: "unknown"; reason: string };

/** How a spawn went; `found` means a session of the same name and tags was there. */
export type Spawned =
  | { kind: "spawned"; pid: number; mark: string | undefined; pane: string }
  | { kind: "found"; pid: number; mark: string | undefined; pane: string }
  | { kind: "occupied"; session: SessionRow }
  | { kind: "failed"; reason: string };

/** How an ending went; `left` are processes that even SIGKILL did not end. */
export type Ended =
  | { kind: "ended"; left: number[] }
  | { kind: "absent" }
  | { kind: "unknown"; reason: string };

/** What a pane shows. */
export type Captured =
  | {
    kind: "captured";
    /** Lines joined by line ends; long lines are whole, trailing blank lines are dropped. */
    text: string;
    /**
     * Its column on the screen, and the line of `text` that it is in, both from 0; with history, the row on the screen. A
     * program that draws one of its own hides it.
     */
    cursor: { column: number; row: number; hidden?: boolean };
    columns: number;
    rows: number;
    /** Whether a person is looking at the history in it. */
    scrolled: boolean;
  }
  | { kind: "absent" }
  | { kind: "unknown"; reason: string };

/** How typing went; with `scrolled` nothing was typed, because a person is looking at the pane's history. */
export type Typed =
  | { kind: "typed" }
  | { kind: "scrolled" }
  | { kind: "absent" }
  | { kind: "unknown"; reason: string };

/** Whether the server runs. */
export type ServerState =
  | { kind: "running"; pid: number }
  | { kind: "no-server" }
  | { kind: "unknown"; reason: string };

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
