import type { Repository } from "../git/git.ts";
import { createGit } from "../git/git.ts";
import { openRepository } from "../git/repository.ts";
import type { RigConfig, TownConfig } from "../town/config/config.ts";
import { rigConfig } from "../town/town.ts";
import type { AttemptEvent } from "../work/attempt.ts";
import { type Advance, advance, type Assignment } from "../work/attempt_store.ts";
import { attemptLimits } from "../work/limits.ts";
import type { WorkDeps } from "../work/sling.ts";

/** One entry on its way to the target, with everything that does not change on the way. */
export interface Merge {
  rig: string;
  assignment: Assignment;
  config: TownConfig;
  rigConfig: RigConfig;
  repository: Repository;
  /** The refinery's own worktree. */
  worktree: string;
}

/** What came of an entry. */
export type MergeOutcome =
  | { kind: "merged"; landed: string }
  /** The worker gets it back. */
  | { kind: "failed"; summary: string }
  /** Nothing is wrong with the work; it is tried again after a pause. */
  | { kind: "blocked"; reason: string }
  | { kind: "requeued"; reason: string }
  /** Somebody else moved the attempt meanwhile. */
  | { kind: "overtaken"; reason: string }
  | { kind: "unreachable"; reason: string };

/** Gathers what the merge of an attempt needs. */
export async function openMerge(
  deps: WorkDeps,
  options: { rig: string; assignment: Assignment },
): Promise<Merge> {
  const { ports, town } = deps;
  const { rig, assignment } = options;
  const config = await town.config();
  const paths = town.paths.rig(rig);
  return {
    rig,
    assignment,
    config,
    rigConfig: rigConfig(config, rig),
    repository: openRepository(createGit(ports), paths.repository),
    worktree: paths.refinery,
  };
}

/** An event without its time. */
export type MergeEvent = AttemptEvent extends infer Event ? Event extends AttemptEvent ? Omit<Event, "at">
  : never
  : never;

/** Writes down what happened to the entry; undefined when it did, else why it could not. */
export function report(deps: WorkDeps, merge: Merge, event: MergeEvent): MergeOutcome | undefined {
  const { bead, attempt } = merge.assignment;
  const result: Advance = advance(deps.town.ledger, {
    actor: `refinery/${merge.rig}`,
    key: bead.key,
    n: attempt.n,
    event: { ...event, at: deps.ports.clock.now() } as AttemptEvent,
    limits: attemptLimits(merge.config),
  });
  switch (result.kind) {
    case "moved":
    case "same":
      return undefined;
    case "stale":
      return { kind: "overtaken", reason: `attempt ${result.current ?? "none"} is the current one` };
    case "illegal":
      return { kind: "overtaken", reason: `it is ${result.state}` };
  }
}
