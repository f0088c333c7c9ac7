/**
 * Workflows: what a molecule's file says, the steps it becomes in the ledger, and how far they are.
 *
 * It reads files and beads; it knows nothing of attempts, sessions or merges.
 *
 * @module
 */

import type { VariableDefinition } from "./definition.ts";

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
  /** A command that must succeed; `bd close STEP --continue` runs it. */
  run?: CheckCommand;
}

/** A command between the steps of a checklist. */
export interface CheckCommand {
  command: string;
  /** In ms. */
  timeout?: number;
  env?: Readonly<Record<string, string>>;
}

/** A molecule that is a checklist: each step is done by whoever holds the bead. */
export interface Molecule {
  name: string;
  version: number;
  description?: string;
  vars: readonly VariableDefinition[];
  /** In the order of the file. */
  steps: readonly Step[];
  /** Path of its file, or `built-in`. */
  source: string;
  /** First 16 hexadecimal digits of the SHA-256 of its text. */
  hash: string;
}
