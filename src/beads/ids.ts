/**
 * Issues on the ledger: their names, how they hold each other back, what is ready, and what they look like in JSON.
 *
 * @module
 */
import { CommandError } from "../lib/errors.ts";
import type { Random } from "../ports/random.ts";
import type { Bead, View } from "../ledger/ledger.ts";
import { closestWord } from "../lib/closest_word.ts";

/** What a new id is made from. */
export interface NewIdOptions {
  /** Without the dash: `cs`. */
  prefix: string;
  random: Random;
}

/** How many candidates an error names. */
const SHOWN = 8;

/**
 * The bead a person means: by id, by an old id, or by a prefix of an id that only one has.
 *
 * @throws {CommandError} `bead_not_found` with the nearest ids, `bead_ambiguous` with the candidates, or `bead_deleted`.
 */
export function resolveBead(view: View, text: string): Bead {
  const wanted = text.trim();
  const exact = view.beadById(wanted) ?? view.beadById(wanted.toLowerCase());
  if (exact?.deleted) throw deleted(exact);
  if (exact) return exact;
  const candidates = wanted === "" ? [] : view.idsByPrefix(wanted, SHOWN + 1);
  if (candidates.length === 1) return view.beadById(candidates[0]!)!;
  if (candidates.length > 1) throw ambiguous(wanted, candidates);
  throw notFound(view, wanted);
}

/** A change of a deleted bead would bring it back, which nobody wants who only mistook an id. */
function deleted(bead: Bead): CommandError {
  return new CommandError("refused", `Cannot use bead "${bead.id}": it was deleted`, {
    code: "bead_deleted",
    hints: [`bd history ${bead.id}`],
  });
}

function ambiguous(wanted: string, candidates: readonly string[]): CommandError {
  const more = candidates.length > SHOWN ? " and others" : "";
  return new CommandError("refused", `Cannot tell which bead "${wanted}" is: several begin with it`, {
    code: "bead_ambiguous",
    hints: [`Candidates: ${candidates.slice(0, SHOWN).join(", ")}${more}`],
  });
}

function notFound(view: View, wanted: string): CommandError {
  const ids = view.rows<{ id: string }>(
    "SELECT id FROM beads WHERE status <> 'tombstone' ORDER BY updated DESC LIMIT 5000",
  );
  const close = closestWord(wanted, ids.map((row) => row.id));
  return new CommandError("refused", `Cannot find bead "${wanted}": no id begins with it`, {
    code: "bead_not_found",
    hints: [...(close === undefined ? [] : [`Did you mean ${close}?`]), "bd list"],
  });
}

/** Share of a chance, at most, that any two ids of one prefix collide. */
const COLLISION = 0.25;

/** A free id: the prefix and a base36 hash just long enough for the number of beads that share the prefix. */
export function newId(view: View, { prefix, random }: NewIdOptions): string {
  const start = `${validPrefix(prefix)}-`;
  const count = countUnder(view, start);
  for (let length = hashLength(count);; length++) {
    for (let tries = 0; tries < 10; tries++) {
      const id = start + randomHash(random, length);
      if (!view.beadById(id)) return id;
    }
  }
}

/** How many ids begin with each prefix, counted once a change of the ledger: a batch makes thousands of ids in one. */
const counted = new WeakMap<View, Map<string, number>>();

function countUnder(view: View, start: string): number {
  const count = () =>
    view.rows<{ n: number }>(
      "SELECT COUNT(*) AS n FROM beads WHERE id >= ? AND id < ?",
      start,
      `${start}\u{10ffff}`,
    )[0]?.n ?? 0;
  if (!("actor" in view)) return count();
  let counts = counted.get(view);
  if (!counts) counted.set(view, counts = new Map());
  const known = counts.get(start);
  const now = known === undefined ? count() : known + 1;
  counts.set(start, now);
  return now;
}

/** The shortest length, 3 to 8, at which `count` hashes probably differ; the birthday bound of the established rule. */
export function hashLength(count: number): number {
  for (let length = 3; length < 8; length++) {
    if (1 - Math.exp(-(count * count) / (2 * 36 ** length)) <= COLLISION) return length;
  }
  return 8;
}

/** At least one digit in a hash of four or more keeps it apart from a word. */
function randomHash(random: Random, length: number): string {
  for (;;) {
    let hash = "";
    while (hash.length < length) {
      for (const byte of random.bytes(length)) {
        if (byte < 252 && hash.length < length) hash += (byte % 36).toString(36);
      }
    }
    if (length < 4 || /\d/.test(hash)) return hash;
  }
}

/**
 * Returns a valid id given by a person (`cs-login`, `cs-4f.2`).
 *
 * @throws {CommandError} `bad_id` when it is not one.
 */
export function validId(text: string): string {
  if (/^[a-z][a-z0-9_]*(-[a-z0-9_]+)+(\.[a-z0-9_-]+)*$/i.test(text) && text.length <= 100) return text;
  throw new CommandError("usage", `Cannot use id "${text}": it must be a prefix, a dash and a name`, {
    code: "bad_id",
    hints: ["Letters, digits, dashes, and dots for children: cs-login, cs-4f.2"],
  });
}

/** Returns a valid prefix. @throws {CommandError} `bad_prefix`. */
export function validPrefix(text: string): string {
  if (/^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$/i.test(text) && text.length <= 40) return text;
  throw new CommandError("usage", `Cannot use prefix "${text}": it must begin with a letter`, {
    code: "bad_prefix",
    hints: ["Letters, digits and single dashes: cs, web-ui"],
  });
}

/** The part of an id before its slug or hash: `cs` of `cs-login`, `cs-ui` of `cs-ui-4f2a`. */
export function prefixOf(id: string): string {
  const stem = id.split(".")[0]!;
  const last = stem.lastIndexOf("-");
  if (last < 0) return stem;
  const end = stem.slice(last + 1);
  const hash = /^\d+$/.test(end) || (/^[a-z0-9]{3,8}$/.test(end) && (end.length < 4 || /\d/.test(end)));
  return hash ? stem.slice(0, last) : stem.slice(0, stem.indexOf("-"));
}

/** The prefix of new beads in this ledger: the setting `prefix`, else `bd`. */
export function defaultPrefix(view: View): string {
  const prefix = view.setting("prefix");
  return typeof prefix === "string" && prefix !== "" ? prefix : "bd";
}
