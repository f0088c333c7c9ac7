/**
 * Workflows: what a molecule's file says, the steps it becomes in the ledger, and how far they are.
 *
 * It reads files and beads; it knows nothing of attempts, sessions or merges.
 *
 * @module
 */

/** Where in its file something stands; counted from 1. */
export interface Place {
  line: number;
  column: number;
}

/** A value that a molecule asks for, as `vars` declares it. */
export interface Variable {
  name: string;
  description?: string;
  /** What it is unless another value is given. */
  default?: string;
  /** Whether a value must be given. */
  required: boolean;
  /** The only values it takes. */
  enum?: readonly string[];
}

/** One step of a checklist, as written: titles and texts may hold `{{ }}`. */
export interface Step {
  /** Unique in its molecule. */
  id: string;
  title: string;
  /** What is to be done: the `description`, then the `prompt`. */
  description?: string;
  /** When it is finished. */
  acceptance?: string;
  /** Ids of the steps that come before it. */
  needs: readonly string[];
}

/** A molecule, read and found to be in order. */
export interface Molecule {
  name: string;
  version: number;
  description?: string;
  vars: readonly Variable[];
  /** In the order of the file. */
  steps: readonly Step[];
  /** Path of its file, or `built-in`. */
  source: string;
  /** First 16 hexadecimal digits of the SHA-256 of its text. */
  hash: string;
}
