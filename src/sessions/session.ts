import type { Ports } from "../ports/ports.ts";

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
