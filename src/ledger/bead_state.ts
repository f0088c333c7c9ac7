import type { Json, JsonObject } from "../lib/json.ts";
import type { Comment, Dependency } from "./bead_parts.ts";

/** For each replica, the highest sequence number of its operations on a bead: what somebody had seen. */
export type Vector = Record<string, number>;

/** A claim on a display id, and its place in the order of claims. */
export interface IdClaim {
  id: string;
  ms: number;
  counter: number;
  replica: string;
}

/** An edge with the adds that hold it up; it falls when all of them were seen by a removal. */
export interface EdgeState {
  edge: Dependency;
  tags: string[];
}

/** A comment, with what a file carried beyond the four fields. */
export interface CommentState extends Comment {
  extra?: JsonObject;
}

/** Two values of one register of which neither writer saw the other. */
export interface ClashState {
  register: string;
  kept: Json;
  keptOperation: string;
  lost: Json;
  lostOperation: string;
}

/** A removal, and what its author had seen. */
export interface DeletionState {
  operation: string;
  actor: string;
  reason: string;
  at: string;
  saw: Vector;
}

/** Everything a fold keeps of one bead. */
export interface BeadState {
  key: string;
  /** Absent until the operation that made the bead has arrived. */
  born?: IdClaim & { by?: string; at: string };
  /** The id it claims now: that of its birth, or of its latest rename. */
  claim?: IdClaim;
  /** Ids it gave up. */
  aliases: string[];
  registers: Record<string, Json>;
  /** Operation that wrote each register. */
  writers: Record<string, string>;
  /** Closes that stand beside the one that wrote the status, since none of them saw another; absent without any. */
  closes?: string[];
  labels: Record<string, string[]>;
  edges: EdgeState[];
  comments: CommentState[];
  /** Paragraphs added to the notes since they were last set by someone who had seen them. */
  paragraphs: { replica: string; sequence: number; text: string }[];
  /** Operations on this bead that count as edits. */
  seen: Vector;
  deletions: DeletionState[];
  clashes: ClashState[];
  updatedAt: string;
  /** Place of the newest operation folded in. */
  last: [ms: number, counter: number, replica: string, sequence: number];
}

/** An empty record whose keys may be any names: what objects have of their own is none of them. */
export function emptyNames<Value>(): Record<string, Value> {
  return Object.create(null);
}

/** The state of a bead of which nothing is known. */
export function emptyState(key: string): BeadState {
  return {
    key,
    aliases: [],
    registers: emptyNames(),
    writers: emptyNames(),
    labels: emptyNames(),
    edges: [],
    comments: [],
    paragraphs: [],
    seen: emptyNames(),
    deletions: [],
    clashes: [],
    updatedAt: "",
    last: [0, 0, "", 0],
  };
}

/** Reads a state back from JSON. */
export function parseState(doc: string): BeadState {
  const state = JSON.parse(doc) as BeadState;
  const { registers, writers, labels, seen, deletions } = state;
  for (const names of [registers, writers, labels, seen]) Object.setPrototypeOf(names, null);
  for (const { saw } of deletions) Object.setPrototypeOf(saw, null);
  return state;
}

/** Whether somebody removed the bead having seen every edit of it. */
export function isDeleted(state: BeadState): boolean {
  return state.deletions.some((deletion) => covers(deletion.saw, state.seen));
}

/** Whether `wide` has seen all that `narrow` has. */
export function covers(wide: Vector, narrow: Vector): boolean {
  for (const replica in narrow) if ((wide[replica] ?? 0) < narrow[replica]!) return false;
  return true;
}
