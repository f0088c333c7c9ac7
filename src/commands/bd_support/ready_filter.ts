import { parsePriority } from "../../beads/create.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { ReadyFilter } from "../../beads/ready.ts";
import type { Context } from "../../cli/command.ts";
import type { View } from "../../ledger/ledger.ts";
import { present } from "../../lib/present.ts";
import { knownType } from "./fields.ts";

/** The filter that the flags of `bd ready` describe. @throws {CommandError} for a value that cannot be read. */
export function readyFilter(context: Pick<Context, "flags" | "ports">, view: View): ReadyFilter {
  const flags = context.flags as Record<string, string & boolean | undefined>;
  return present({
    now: context.ports.clock.now(),
    assignee: flags.assignee as string | undefined,
    unassigned: flags.unassigned as boolean | undefined,
    priority: flags.priority === undefined ? undefined : parsePriority(flags.priority),
    issueType: flags.type === undefined ? undefined : knownType(view, flags.type),
    labels: flags.label as readonly string[] | undefined,
    under: flags.parent === undefined ? undefined : resolveBead(view, flags.parent).key,
    includeDeferred: flags["include-deferred"] as boolean | undefined,
    includeEphemeral: flags["include-ephemeral"] as boolean | undefined,
    order: flags.sort as ReadyFilter["order"],
  });
}
