import { resolveBead } from "../../beads/ids.ts";
import { INTERNAL_TYPES } from "../../beads/issue_types.ts";
import type { Bead, BeadKey, Transaction, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Json } from "../../lib/json.ts";
import { type ConvoyMetadata, convoyMetadata, convoyState, openConvoyNamed } from "./convoys.ts";
import { writeMessage } from "../mail/messages.ts";

/** A convoy to be made. */
export interface NewConvoy {
  name: string;
  /** Ids as a person gives them. */
  beads: readonly string[];
  owner: string;
  watchers?: readonly string[];
}

/**
 * Makes a convoy of beads that exist.
 *
 * @throws {CommandError} `beads_not_found` naming every id that is unknown, or `convoy_exists`.
 */
export function createConvoy(transaction: Transaction, convoy: NewConvoy): Bead {
  const name = convoy.name.trim();
  if (name === "") {
    throw new CommandError("usage", "Cannot make a convoy: its name is empty", { code: "bad_name" });
  }
  const keys = trackableBeads(transaction, { beads: convoy.beads, action: `make convoy "${name}"` });
  const bead = writeConvoy(transaction, { name, owner: convoy.owner, watchers: convoy.watchers ?? [] });
  return track(transaction, { convoy: bead, keys });
}

/** Makes the bead of a convoy, without beads in it. @throws {CommandError} `convoy_exists` while one is under way. */
export function writeConvoy(
  transaction: Transaction,
  options: { name: string; owner: string; watchers: readonly string[] },
): Bead {
  const same = openConvoyNamed(transaction, options.name);
  if (same) {
    throw new CommandError("refused", `Cannot make convoy "${options.name}": "${same.id}" has that name`, {
      code: "convoy_exists",
      hints: [`gt convoy show ${same.id}`, `gt convoy add ${same.id} BEAD…`],
    });
  }
  const metadata: ConvoyMetadata = { owner: options.owner, watchers: options.watchers, landings: 0 };
  return transaction.create(freeConvoyId(transaction, options.name), {
    title: options.name,
    issue_type: "convoy",
    status: "open",
    priority: 2,
    assignee: options.owner,
    metadata: { convoy: metadata as unknown as Json },
  });
}

/** Adds beads to a convoy; one that has landed is under way again. Those in it already change nothing. */
export function addToConvoy(
  transaction: Transaction,
  options: { convoy: BeadKey; beads: readonly string[] },
): Bead {
  const convoy = transaction.beadByKey(options.convoy)!;
  const keys = trackableBeads(transaction, {
    beads: options.beads,
    action: `add to convoy "${convoy.title}"`,
  });
  return track(transaction, { convoy, keys });
}

/** Makes a convoy track beads given by their keys. */
export function track(
  transaction: Transaction,
  options: { convoy: Bead; keys: readonly BeadKey[] },
): Bead {
  const { convoy } = options;
  const tracked = new Set(convoyState(transaction, convoy).beads.map(({ bead }) => bead.key));
  const added = [...new Set(options.keys)].filter((key) => !tracked.has(key));
  for (const key of added) transaction.addDependency(convoy.key, key, "tracks");
  if (added.length > 0 && convoy.status === "closed") {
    transaction.set(convoy.key, { status: "open", close_reason: null });
  }
  return transaction.beadByKey(convoy.key)!;
}

/**
 * Closes a convoy.
 *
 * @throws {CommandError} `convoy_open_beads` while beads of it are open, unless `force`.
 */
export function closeConvoy(
  transaction: Transaction,
  options: { convoy: BeadKey; force?: boolean; reason?: string },
): Bead {
  const state = convoyState(transaction, transaction.beadByKey(options.convoy)!);
  if (state.closed) return state.bead;
  if (state.complete) return land(transaction, options.convoy) ?? state.bead;
  const open = state.beads.filter(({ standing }) => standing !== "done").map(({ bead }) => bead.id);
  if (open.length > 0 && !options.force) {
    throw new CommandError(
      "refused",
      `Cannot close convoy "${state.bead.id}": ${open.length} of its ${state.total} beads are open`,
      {
        code: "convoy_open_beads",
        hints: [
          `Open: ${open.slice(0, 10).join(", ")}${open.length > 10 ? ", …" : ""}`,
          `gt convoy close ${state.bead.id} --force leaves them open and stops tracking them`,
        ],
      },
    );
  }
  const reason = options.reason ?? `Closed with ${state.done} of ${state.total} beads done`;
  return transaction.set(options.convoy, { status: "closed", close_reason: reason });
}

/** Closes a convoy of which every bead is closed, and tells owner and watchers; else changes nothing. */
export function land(transaction: Transaction, key: BeadKey): Bead | undefined {
  const convoy = transaction.beadByKey(key);
  const state = convoy && convoyState(transaction, convoy);
  if (!state || state.closed || !state.complete) return undefined;
  const { bead, total } = state;
  const metadata = convoyMetadata(bead);
  const landings = metadata.landings + 1;
  const landed = transaction.set(key, {
    status: "closed",
    close_reason: `Landed: all ${total} beads are closed`,
    "metadata.convoy": { ...metadata, landings, landedAt: transaction.now } as unknown as Json,
  });
  const lines = state.beads.map((each) => `${each.bead.id}  ${each.bead.close_reason ?? "closed"}`);
  for (const to of new Set([metadata.owner, ...metadata.watchers])) {
    writeMessage(transaction, {
      identity: `${bead.id}.${landings}.landed.${to}`,
      from: transaction.actor,
      to,
      subject: `CONVOY_LANDED ${bead.id}: ${bead.title}`,
      body: lines.join("\n"),
      about: key,
    });
  }
  return landed;
}

/** The keys of beads that can be in a convoy. @throws {CommandError} naming every id that cannot. */
function trackableBeads(view: View, options: { beads: readonly string[]; action: string }): BeadKey[] {
  const keys: BeadKey[] = [];
  const problems: { id: string; message: string; hints: readonly string[] }[] = [];
  for (const id of options.beads) {
    try {
      const bead = resolveBead(view, id);
      if (!INTERNAL_TYPES.includes(bead.issue_type)) keys.push(bead.key);
      else problems.push({ id, message: `"${bead.id}" is a ${bead.issue_type}, not work`, hints: [] });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problems.push({ id, message: error.message, hints: error.hints });
    }
  }
  if (problems.length === 0) return keys;
  const [only] = problems;
  if (problems.length === 1 && only) {
    throw new CommandError("refused", `Cannot ${options.action}: ${only.message}`, {
      code: "beads_not_found",
      hints: [...only.hints, `Make it: bd create "TITLE" --id ${only.id}`],
    });
  }
  throw new CommandError("refused", `Cannot ${options.action}: ${problems.length} beads cannot be used`, {
    code: "beads_not_found",
    reasons: problems.map(({ message }) => message),
    hints: ['Make one: bd create "TITLE" --id ID'],
  });
}

/** `hq-cv-auth-feature`, with a number behind it when a convoy before had the name. */
function freeConvoyId(view: View, name: string): string {
  const plain = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 40).replaceAll(/^-|-$/g, "") || "convoy";
  const prefix = String(view.setting("prefix") ?? "hq");
  for (let n = 1;; n++) {
    const id = `${prefix}-cv-${slug}${n === 1 ? "" : `-${n}`}`;
    if (!view.beadById(id)) return id;
  }
}
