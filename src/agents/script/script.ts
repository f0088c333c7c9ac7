/** What an action came to: `turn-ends` leaves the rest for another turn. */
export type Performed =
  | { kind: "performed" }
  | { kind: "turn-ends" }
  | { kind: "exits" }
  | { kind: "failed"; reason: string };
/**
 * The script agent: follows a short list of actions in a real session, with the same hooks that a model's client has.
 *
 * It stands in for a model where none is wanted (demonstrations, tests), and never pretends to be one.
 *
 * @module
 */

/** Where in its file something stands; counted from 1. */
export interface Position {
  line: number;
  column: number;
}

/** One thing the agent does. */
export type Action =
  & { at: Position }
  & (
    /** Writes a file: as a whole, with lines added to its end, or with a text replaced. */
    | { kind: "edit"; path: string; content: string }
    | { kind: "edit"; path: string; append: string }
    | { kind: "edit"; path: string; from: string; to: string }
    /** Replaces the first line of a file by one that names the bead, so that two beads that do it conflict. */
    | { kind: "conflict"; path: string }
    | { kind: "run"; command: string; mayFail: boolean }
    | { kind: "commit"; message: string }
    | { kind: "wait"; ms: number }
    /** Waits until a file exists; its path is relative to the town. */
    | { kind: "wait"; file: string }
    /** Merges the target into the branch; both sides of a conflict are kept, or one. */
    | { kind: "merge"; take: "both" | "ours" | "theirs" }
    /** Closes the step of this name in the bead's molecule. */
    | { kind: "step"; step: string }
    /** Closes the steps that are open, one after the other. */
    | { kind: "steps" }
    | { kind: "done" }
    | { kind: "no-code"; why: string }
    | { kind: "ask"; question: string }
    /** Ends the agent's process with exit code 1. */
    | { kind: "fail"; reason: string }
    /** Never comes back from its turn. */
    | { kind: "hang" }
    /** Ends its own process with SIGKILL. */
    | { kind: "crash" }
    /** From here on, does not do what its hooks tell it. */
    | { kind: "ignore-hook" }
    /** Leaves half a line in its own input, as a person would who is called away. */
    | { kind: "type-half-a-line"; text: string }
  );

/** What the agent does, by occasion. */
export interface Script {
  /** For people: the path of the file, or where else it comes from. */
  source: string;
  first: readonly Action[];
  /** After what was submitted was refused; the first list again where it is absent. */
  rework?: readonly Action[] | undefined;
  /** When an earlier session of the attempt was lost; what that one left undone where it is absent. */
  resumed?: readonly Action[] | undefined;
  /** When it is told to go on although it has done all. */
  nudged?: readonly Action[] | undefined;
}

/** The occasions a script may have a list for. */
export const occasions = ["first", "rework", "resumed", "nudged"] as const;

/** The name of an occasion. */
export type Occasion = typeof occasions[number];

/** The script of a bead that has none: a small file, a commit, its steps if it has any, done. */
export function defaultScript(bead: { id: string; title: string; description?: string }): Script {
  const at: Position = { line: 1, column: 1 };
  const text = bead.description === undefined ? "" : `\n${bead.description}\n`;
  return {
    source: "the default script",
    first: [
      { at, kind: "edit", path: `${bead.id}.md`, content: `# ${bead.title}\n${text}` },
      { at, kind: "commit", message: `${bead.id}: ${bead.title}` },
      { at, kind: "steps" },
      { at, kind: "done" },
    ],
  };
}
