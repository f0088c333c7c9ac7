import { defineCommand } from "../../cli/command.ts";

/** `bd list`. */
export const command = defineCommand({
  name: "bd list",
  summary: "List beads, the most urgent first",
  description:
    "Closed beads, and those the program makes for itself (convoys, messages, steps), are left out unless asked for. " +
    "Conditions hold all at once. A time is 2026-11-23, yesterday, or how long ago: 7d.",
  flags: {
    status: { type: "list", short: "s", summary: "Of one of these statuses, or all", placeholder: "STATUS" },
    type: { type: "list", short: "t", summary: "Of one of these types", placeholder: "TYPE" },
    priority: { type: "list", short: "p", summary: "Of one of these priorities", placeholder: "P" },
    "priority-min": { type: "string", summary: "Of this priority number or higher", placeholder: "P" },
    "priority-max": { type: "string", summary: "Of this priority number or lower", placeholder: "P" },
    assignee: { type: "string", short: "a", summary: "Assigned to this one", placeholder: "NAME" },
    unassigned: { type: "boolean", summary: "Assigned to nobody", aliases: ["no-assignee"] },
    label: {
      type: "list",
      short: "l",
      summary: "With all of these labels",
      placeholder: "LABEL",
      aliases: ["labels"],
    },
    "label-any": { type: "list", summary: "With one of these labels", placeholder: "LABEL" },
    "label-pattern": {
      type: "string",
      summary: "With a label of this form: team-*",
      placeholder: "PATTERN",
    },
    "no-labels": { type: "boolean", summary: "Without any label" },
    parent: { type: "string", summary: "Children of this bead", placeholder: "BEAD", completes: "bead" },
    "no-parent": { type: "boolean", summary: "Children of none" },
    id: { type: "list", summary: "Only these", placeholder: "BEAD", completes: "bead" },
    "title-contains": {
      type: "string",
      summary: "With this in the title",
      placeholder: "TEXT",
      aliases: ["title"],
    },
    "desc-contains": { type: "string", summary: "With this in the description", placeholder: "TEXT" },
    "notes-contains": { type: "string", summary: "With this in the notes", placeholder: "TEXT" },
    "empty-description": { type: "boolean", summary: "Without a description" },
    "has-metadata-key": { type: "list", summary: "With this in the metadata", placeholder: "KEY" },
    "metadata-field": {
      type: "list",
      whole: true,
      summary: "With this value in the metadata",
      placeholder: "KEY=VALUE",
    },
    "created-after": { type: "string", summary: "Made after then", placeholder: "WHEN" },
    "created-before": { type: "string", summary: "Made before then", placeholder: "WHEN" },
    "updated-after": { type: "string", summary: "Changed after then", placeholder: "WHEN" },
    "updated-before": { type: "string", summary: "Changed before then", placeholder: "WHEN" },
    "closed-after": { type: "string", summary: "Closed after then", placeholder: "WHEN" },
    "closed-before": { type: "string", summary: "Closed before then", placeholder: "WHEN" },
    "due-after": { type: "string", summary: "Due after then", placeholder: "WHEN" },
    "due-before": { type: "string", summary: "Due before then", placeholder: "WHEN" },
    overdue: { type: "boolean", summary: "Due by now, and open" },
    deferred: { type: "boolean", summary: "Deferred, whether until a day or for good" },
    pinned: { type: "boolean", summary: "Pinned ones" },
    ready: { type: "boolean", summary: "Ready ones, as `bd ready`" },
    all: { type: "boolean", summary: "Closed ones too" },
    "include-internal": {
      type: "boolean",
      summary: "Convoys, messages and steps too",
      aliases: ["include-infra", "include-gates", "include-templates"],
    },
    limit: {
      type: "number",
      short: "n",
      summary: "At most this many; 0 for all",
      default: 50,
      placeholder: "N",
    },
    sort: {
      type: "string",
      summary: "The order",
      values: ["priority", "created", "updated", "closed", "status", "id", "title", "type", "assignee"],
      default: "priority",
    },
    reverse: { type: "boolean", short: "r", summary: "The other way round" },
  },
  ignored: ["--flat", "--long", "--no-pager", "--pretty", "--tree"],
  examples: [
    { line: "bd list --status open --assignee worker-3", summary: "What one worker has before it" },
    { line: "bd list --all --closed-after 7d --sort closed", summary: "What was done this week" },
  ],
  async run(context) {
    const { flags } = context;
    const [{ withLedger }, { filterOf }, { eachListed }, { oneMore, printFound }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/filter.ts"),
      import("../../beads/list.ts"),
      import("../bd_support/found.ts"),
    ]);
    await withLedger(context, async ({ view }) => {
      const limit = flags.limit as number;
      const chosen = {
        ...filterOf(context, view),
        sort: flags.sort as "priority",
        reverse: flags.reverse === true,
        limit: flags.ready === true ? 0 : oneMore(limit),
      };
      const listed = eachListed(view, chosen);
      const beads = flags.ready === true ? await readyAmong(context, { view, beads: listed }) : listed;
      printFound(context, { view, beads, limit, none: "No beads match" });
    });
  },
});

type Beads = Iterable<import("../../ledger/ledger.ts").Bead>;

async function readyAmong(
  context: Parameters<typeof command.run>[0],
  { view, beads }: { view: import("../../ledger/ledger.ts").View; beads: Beads },
): Promise<Beads> {
  const { readyKeys } = await import("../../beads/ready.ts");
  const ready = readyKeys(view, { now: context.ports.clock.now(), includeInternal: true });
  return (function* () {
    for (const bead of beads) if (ready.has(bead.key)) yield bead;
  })();
}
