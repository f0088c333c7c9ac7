import type { ConvoyState } from "../town/convoys/convoys.ts";
import type { TownStatus } from "../town/status.ts";

/** A convoy as `--json` gives it. */
export function convoyJson(state: ConvoyState): Record<string, unknown> {
  return {
    id: state.bead.id,
    name: state.name,
    status: state.bead.status,
    done: state.done,
    total: state.total,
    landed: state.closed && state.complete,
    ...(state.metadata.landedAt === undefined ? {} : { landed_at: state.metadata.landedAt }),
    owner: state.metadata.owner,
    watchers: state.metadata.watchers,
    created_at: state.bead.created_at,
    ...(state.bead.close_reason === undefined ? {} : { close_reason: state.bead.close_reason }),
    beads: state.beads.map(({ bead, standing, attempt }) => ({
      id: bead.id,
      title: bead.title,
      status: bead.status,
      standing,
      ...(attempt ? { attempt: attempt.n, state: attempt.state, since: attempt.since } : {}),
      ...(attempt?.worker === undefined ? {} : { worker: attempt.worker }),
      ...(attempt?.question === undefined ? {} : { question: attempt.question }),
    })),
  };
}

/** The town as `gt status --json` gives it; times are ms since the epoch. */
export function statusJson(status: TownStatus): Record<string, unknown> {
  return { ...status, convoys: status.convoys.map(convoyJson) };
}
