import { parsePriority } from "../../beads/create.ts";
import { resolveBead } from "../../beads/ids.ts";
import type { Context } from "../../cli/command.ts";
import type { View } from "../../ledger/ledger.ts";
import { CommandError } from "../../lib/errors.ts";
import { present } from "../../lib/present.ts";
import { knownStatus, knownType } from "./fields.ts";
import { parseWhen } from "./when.ts";
import type { ListFilter } from "../../beads/list_condition.ts";

/** Flags of a call that choose beads by a moment, and the condition they set. */
const MOMENTS = {
  "created-after": "createdAfter",
  "created-before": "createdBefore",
  "updated-after": "updatedAfter",
  "updated-before": "updatedBefore",
  "closed-after": "closedAfter",
  "closed-before": "closedBefore",
  "due-after": "dueAfter",
  "due-before": "dueBefore",
} as const;

/** The filter that the flags of `list` and `count` describe. @throws {CommandError} for a value that cannot be read. */
export function filterOf(context: Pick<Context, "flags" | "ports">, view: View): ListFilter {
  const flags = context.flags as Record<string, string & readonly string[] & boolean & number | undefined>;
  const statuses = (flags.status as readonly string[] | undefined)?.map((text) =>
    text === "all" ? text : statusOf(view, text)
  );
  const everything = flags.all === true || statuses?.includes("all") === true;
  const moments: Partial<Record<(typeof MOMENTS)[keyof typeof MOMENTS], number>> = {};
  const now = context.ports.clock.now();
  for (const [flag, name] of Object.entries(MOMENTS) as [keyof typeof MOMENTS, "createdAfter"][]) {
    const text = flags[flag] as string | undefined;
    if (text !== undefined) moments[name] = parseWhen(text, { now, back: !flag.startsWith("due") });
  }
  if (flags.overdue === true) moments.dueBefore = Math.min(now, moments.dueBefore ?? now);
  const priority = (name: string) => flags[name] === undefined ? undefined : parsePriority(flags[name]);
  return {
    ...present({
      statuses: everything ? undefined : statuses,
      all: everything ? true : undefined,
      issueTypes: (flags.type as readonly string[] | undefined)?.map((text) => knownType(view, text)),
      includeInternal: flags["include-internal"] as boolean | undefined,
      priorities: (flags.priority as readonly string[] | undefined)?.map(parsePriority),
      priorityMin: priority("priority-min"),
      priorityMax: priority("priority-max"),
      assignee: flags.assignee as string | undefined,
      unassigned: flags.unassigned as boolean | undefined,
      labels: flags.label as readonly string[] | undefined,
      anyLabels: flags["label-any"] as readonly string[] | undefined,
      labelPattern: flags["label-pattern"] as string | undefined,
      noLabels: flags["no-labels"] as boolean | undefined,
      keys: (flags.id as readonly string[] | undefined)?.map((text) => resolveBead(view, text).key),
      parent: flags.parent === undefined ? undefined : resolveBead(view, flags.parent).key,
      noParent: flags["no-parent"] as boolean | undefined,
      titleContains: (flags["title-contains"] ?? flags.title) as string | undefined,
      descriptionContains: flags["desc-contains"] as string | undefined,
      notesContain: flags["notes-contains"] as string | undefined,
      emptyDescription: flags["empty-description"] as boolean | undefined,
      metadata: metadataIn(flags),
      deferredAt: flags.deferred === true ? now : undefined,
      pinned: flags.pinned as boolean | undefined,
    }),
    ...moments,
  };
}

function statusOf(view: View, text: string): string {
  return text === "tombstone" ? text : knownStatus(view, text);
}

function metadataIn(flags: Readonly<Record<string, unknown>>): ListFilter["metadata"] {
  const keys = (flags["has-metadata-key"] ?? []) as readonly string[];
  const pairs = (flags["metadata-field"] ?? []) as readonly string[];
  if (keys.length + pairs.length === 0) return undefined;
  return [
    ...keys.map((key) => ({ key })),
    ...pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals > 0) return { key: pair.slice(0, equals), value: pair.slice(equals + 1) };
      throw new CommandError("usage", `Cannot read metadata "${pair}"`, {
        code: "bad_metadata",
        hints: ["write --metadata-field key=value"],
      });
    }),
  ];
}
