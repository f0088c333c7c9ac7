/**
 * Convoys: batches of beads that are tracked together and land when all of them are closed.
 *
 * @module
 */
import { dependenciesOf } from "../../beads/dependencies.ts";
import type { Bead, BeadKey, View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import type { Attempt } from "../../work/attempt.ts";
import { liveAttemptOf } from "../../work/attempt_store.ts";

/** What a convoy keeps in its bead's `metadata.convoy`. */
export interface ConvoyMetadata {
  owner: string;
  watchers: readonly string[];
  /** How often it has landed; each landing is told once. */
  landings: number;
  /** When it landed last, in ms since the epoch. */
  landedAt?: number;
}

/** Where a bead of a convoy stands. */
export type Standing =
  | "done"
  /** In the hands of the witness or the refinery. */
  | "merging"
  | "working"
  /** Cannot go on without a person. */
  | "stuck"
  /** Slung; waits for a free place, or for a pause to end. */
  | "hooked"
  /** Waits for other beads, slung or not. */
  | "blocked"
  /** A person has it. */
  | "held"
  /** Nobody has it. */
  | "open";

/** A bead of a convoy. */
export interface Tracked {
  bead: Bead;
  standing: Standing;
  attempt?: Attempt;
}

/** A convoy as it stands. */
export interface ConvoyState {
  bead: Bead;
  name: string;
  metadata: ConvoyMetadata;
  /** Its beads, without those that were deleted; as they were added. */
  beads: readonly Tracked[];
  done: number;
  total: number;
  /** Whether every bead is closed, and there is one. */
  complete: boolean;
  /** Whether it is closed. */
  closed: boolean;
  /** Beads that need a person, first those asked longest ago. */
  stuck: readonly Tracked[];
}

/** Where one bead stands, as far as a convoy is concerned. */
export function standingOf(bead: Bead): Tracked {
  if (bead.status === "closed") return { bead, standing: "done" };
  const attempt = liveAttemptOf(bead);
  if (attempt) return { bead, attempt, standing: standingOfAttempt(bead, attempt) };
  if (bead.blocked) return { bead, standing: "blocked" };
  return { bead, standing: bead.status === "open" ? "open" : "held" };
}

function standingOfAttempt(bead: Bead, attempt: Attempt): Standing {
  switch (attempt.state) {
    case "waiting":
    case "escalated":
      return "stuck";
    case "submitted":
    case "merging":
      return "merging";
    case "queued":
      return attempt.question === undefined ? "merging" : "stuck";
    case "hooked":
      return bead.blocked ? "blocked" : "hooked";
    default:
      return "working";
  }
}

/** What a convoy keeps beside its beads; complete also where another tool wrote it. */
export function convoyMetadata(bead: Bead): ConvoyMetadata {
  const kept = (bead.metadata.convoy ?? {}) as Partial<ConvoyMetadata>;
  return {
    owner: kept.owner ?? bead.assignee ?? bead.created_by ?? "overseer",
    watchers: kept.watchers ?? [],
    landings: kept.landings ?? 0,
    ...(kept.landedAt === undefined ? {} : { landedAt: kept.landedAt }),
  };
}

/** The state of a convoy: its beads, and whether it may land. */
export function convoyState(view: View, convoy: Bead): ConvoyState {
  const edges = dependenciesOf(view, { key: convoy.key, type: "tracks" });
  const beads = edges.flatMap(({ bead }) => bead && !bead.deleted ? [standingOf(bead)] : []);
  const done = beads.filter(({ standing }) => standing === "done").length;
  const asked = (tracked: Tracked) => tracked.attempt?.since ?? 0;
  return {
    bead: convoy,
    name: convoy.title,
    metadata: convoyMetadata(convoy),
    beads,
    done,
    total: beads.length,
    complete: beads.length > 0 && done === beads.length,
    closed: convoy.status === "closed",
    stuck: beads.filter(({ standing }) => standing === "stuck").sort((a, b) => asked(a) - asked(b)),
  };
}

/** Whether a convoy was closed by hand, not landed, and beads of it are open. */
export function isGivenUp({ bead, metadata, done, total, closed }: ConvoyState): boolean {
  const { landedAt = -Infinity } = metadata;
  return closed && done < total && Date.parse(bead.closed_at ?? "") > landedAt;
}

/** The convoys that are not closed, the oldest first. */
export function openConvoys(view: View): Bead[] {
  return view.beads("issue_type = 'convoy' AND status NOT IN ('closed', 'tombstone') ORDER BY created, id");
}

/** The convoy under way that has a name. */
export function openConvoyNamed(view: View, name: string): Bead | undefined {
  return openConvoys(view).find(({ title }) => title === name);
}

/** All convoys: those under way first, then the latest closed. */
export function allConvoys(view: View): Bead[] {
  return view.beads(
    "issue_type = 'convoy' AND status <> 'tombstone' ORDER BY status = 'closed', closed DESC, created, id",
  );
}

/**
 * The convoy a person means: by id, by name, or by the beginning of either that only one has.
 *
 * @throws {CommandError} `convoy_not_found`, or `convoy_ambiguous` naming the candidates.
 */
export function findConvoy(view: View, text: string): Bead {
  const convoys = allConvoys(view);
  const wanted = text.toLowerCase();
  const exact = convoys.find(({ id }) => id === wanted) ?? convoys.find(({ title }) => title === text);
  if (exact) return exact;
  const names = (
    bead: Bead,
  ) => [bead.id, bead.id.slice(bead.id.indexOf("-cv-") + 4), bead.title.toLowerCase()];
  const found = convoys.filter((bead) => names(bead).some((name) => name.startsWith(wanted)));
  if (found.length === 1 && wanted !== "") return found[0]!;
  if (found.length > 1 && wanted !== "") {
    throw new CommandError(
      "refused",
      `Cannot tell which convoy "${text}" is: ${found.length} begin with it`,
      {
        code: "convoy_ambiguous",
        hints: found.slice(0, 10).map(({ id, title }) => `${id}  ${title}`),
      },
    );
  }
  throw new CommandError("refused", `Cannot find convoy "${text}": there is no such convoy`, {
    code: "convoy_not_found",
    hints: convoys.length === 0
      ? ["gt convoy create NAME BEAD…"]
      : [`Convoys: ${convoys.slice(0, 10).map(({ id }) => id).join(", ")}`, "gt convoy list --all"],
  });
}

/** The ids of the convoys that each bead belongs to, by the bead's key. */
export function convoysOfBeads(
  view: View,
  convoys: readonly Bead[] = allConvoys(view),
): Map<BeadKey, string[]> {
  const found = new Map<BeadKey, string[]>();
  for (const convoy of convoys) {
    for (const { bead } of dependenciesOf(view, { key: convoy.key, type: "tracks" })) {
      if (bead) found.set(bead.key, [...found.get(bead.key) ?? [], convoy.id]);
    }
  }
  return found;
}

/** The only convoy under way. @throws {CommandError} `convoy_not_found` or `convoy_ambiguous` when there is not one. */
export function onlyConvoy(view: View): Bead {
  const open = openConvoys(view);
  if (open.length === 1) return open[0]!;
  throw open.length === 0
    ? new CommandError("refused", "Cannot choose a convoy: none is under way", {
      code: "convoy_not_found",
      hints: ['gt convoy create "NAME" BEAD…', "gt convoy list --all"],
    })
    : new CommandError("refused", `Cannot choose a convoy: ${open.length} are under way`, {
      code: "convoy_ambiguous",
      hints: open.slice(0, 10).map(({ id, title }) => `${id}  ${title}`),
    });
}
