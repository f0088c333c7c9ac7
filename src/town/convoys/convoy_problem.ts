import type { ConvoyFile } from "./convoy_schema.ts";
import type { LooseConvoy } from "./loose_convoy.ts";

/** Where in a file something stands: keys and numbers from the top. */
export type ConvoyPath = readonly (string | number)[];

/** Something that is wrong at a place of a file; line and column count from 1. */
export interface ConvoyProblem {
  rule: ConvoyRule;
  severity: "error" | "warning";
  message: string;
  /** Path of the file, as it was given. */
  file: string;
  line: number;
  column: number;
}

/** What came of reading a file: what it says, unless something is wrong, and all that is. */
export interface ConvoyRead {
  file?: ConvoyFile;
  /** What it names, also where something is wrong; absent only when it could not be read at all. */
  loose?: LooseConvoy;
  /** In the order of the file. */
  problems: readonly ConvoyProblem[];
  /** A problem at a path, or at the key where it ends. */
  problemAt(found: FoundProblem): ConvoyProblem;
}

/** A problem that was found, before its line is known. */
export interface FoundProblem {
  path: ConvoyPath;
  rule: ConvoyRule;
  message: string;
  /** Whether the key itself is meant, not its value. */
  isKey?: boolean;
}
/** The rules of a convoy's file, each with what it is about. */
export const CONVOY_RULES = {
  yaml: "The file is no YAML",
  size: "The file is too large",
  "unknown-key": "A key that a convoy's file does not have",
  "missing-key": "A key that must be there",
  value: "A value of the wrong type or form",
  "duplicate-id": "A bead that stands there twice",
  cycle: "Beads that wait for each other",
  "unknown-bead": "A bead that does not exist and is not made",
  "unknown-rig": "A place that work cannot be slung to",
  "unknown-agent": "An agent that the town does not have",
  "unknown-molecule": "A molecule that does not exist",
  molecule: "A molecule that no bead can be worked by",
  variable: "A value that a molecule does not take, or lacks",
  address: "Somebody who cannot be told anything",
} as const;

/** The name of a rule. */
export type ConvoyRule = keyof typeof CONVOY_RULES;
