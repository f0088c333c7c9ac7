/**
 * The error a person acts on, and the kinds it comes in.
 *
 * @module
 */

/**
 * What went wrong, as far as the exit code is concerned.
 *
 * `refused` is an expected no (exit 1), `usage` a wrong call (exit 2), `interrupted` a signal (exit 130).
 */
export type ErrorKind = "refused" | "usage" | "interrupted";

/** What is wrong at a place of a file. */
export interface FileProblem {
  file: string;
  /** Counts from 1. */
  line: number;
  /** Counts from 1; absent where only the line is known. */
  column?: number;
  /** Which part of the file it is: `steps.2.gate`; absent where the column says that. */
  path?: string;
  message: string;
}

/** The fields of a {@linkcode CommandError} beyond its message. */
export interface CommandErrorOptions {
  /** Stable name for scripts, in snake_case: `bead_not_found`. */
  code: string;
  /** What the message only counts, one entry each; shown as the first hints. */
  reasons?: readonly string[];
  /** What to do next, each a sentence or a command to paste. */
  hints?: readonly string[];
  /** For scripts: the places that the message or the hints name. */
  problems?: readonly FileProblem[];
  /** The error that led to this one. */
  cause?: unknown;
}

/** An error the user must act on. Anything else that is thrown is a bug. */
export class CommandError extends Error {
  /** Decides the exit code. */
  readonly kind: ErrorKind;
  /** Stable name for scripts, in snake_case. */
  readonly code: string;
  /** What the message only counts. */
  readonly reasons: readonly string[];
  /** The reasons, and what to do next, one entry a line. */
  readonly hints: readonly string[];
  /** The places that are named, for scripts. */
  readonly problems: readonly FileProblem[];

  /**
   * Makes an error from `Cannot close bead "cs-4f": 2 open dependencies`: action, quoted value, colon, state; no period.
   */
  constructor(kind: ErrorKind, message: string, options: CommandErrorOptions) {
    super(message, { cause: options.cause });
    this.name = "CommandError";
    this.kind = kind;
    this.code = options.code;
    this.reasons = options.reasons ?? [];
    this.hints = [...this.reasons, ...options.hints ?? []];
    this.problems = options.problems ?? [];
  }
}
