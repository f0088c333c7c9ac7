/**
 * Issues on the ledger: their names, how they hold each other back, what is ready, and what they look like in JSON.
 *
 * @module
 */
import { CommandError } from "../lib/errors.ts";
import type { Random } from "../ports/random.ts";
import type { Bead, View } from "../ledger/ledger.ts";

/** What a new id is made from. */
export interface NewIdOptions {
  /** Without the dash: `cs`. */
  prefix: string;
  random: Random;
}

/**
 * The bead a person means: by id, by an old id, or by a prefix of an id that only one has.
 *
 * @throws {CommandError} `bead_not_found` with the nearest ids, or `bead_ambiguous` with the candidates.
 */
export function resolveBead(_view: View, _text: string): Bead {
  throw new Error("not written yet");
}

/** A free id: the prefix and a base36 hash just long enough for the number of beads that share the prefix. */
export function newId(_view: View, _options: NewIdOptions): string {
  throw new Error("not written yet");
}

/**
 * Returns a valid id given by a person (`cs-login`, `cs-4f.2`).
 *
 * @throws {CommandError} `bad_id` when it is not one.
 */
export function validId(text: string): string {
  throw new CommandError("usage", `Cannot use id "${text}"`, { code: "bad_id" });
}

/** The part of an id before its slug or hash: `cs` of `cs-login`, `cs-ui` of `cs-ui-4f2a`. */
export function prefixOf(_id: string): string {
  throw new Error("not written yet");
}

/** The prefix of new beads in this ledger: the setting `prefix`. */
export function defaultPrefix(_view: View): string {
  throw new Error("not written yet");
}
