import { defineCommand } from "../../cli/command.ts";

/** `bd count`. */
export const command = defineCommand({
  name: "bd count",
  summary: "Count beads, in groups if wanted",
  description: "Counts what `bd list` with the same conditions would show, and closed beads too.",
  flags: {
    status: { type: "list", short: "s", summary: "Of one of these statuses", placeholder: "STATUS" },
    type: { type: "list", short: "t", summary: "Of one of these types", placeholder: "TYPE" },
    priority: { type: "list", short: "p", summary: "Of one of these priorities", placeholder: "P" },
    assignee: { type: "string", short: "a", summary: "Assigned to this one", placeholder: "NAME" },
    unassigned: { type: "boolean", summary: "Assigned to nobody", aliases: ["no-assignee"] },
    label: {
      type: "list",
      short: "l",
      summary: "With all of these labels",
      placeholder: "LABEL",
      aliases: ["labels"],
    },
    parent: { type: "string", summary: "Children of this bead", placeholder: "BEAD", completes: "bead" },
    "created-after": { type: "string", summary: "Made after then", placeholder: "WHEN" },
    "closed-after": { type: "string", summary: "Closed after then", placeholder: "WHEN" },
    "include-internal": { type: "boolean", summary: "Convoys, messages and steps too" },
    "by-status": { type: "boolean", summary: "A count for each status" },
    "by-priority": { type: "boolean", summary: "A count for each priority" },
    "by-type": { type: "boolean", summary: "A count for each type" },
    "by-assignee": { type: "boolean", summary: "A count for each assignee" },
    "by-label": { type: "boolean", summary: "A count for each label" },
  },
  examples: [
    { line: "bd count --status open", summary: "How much is left" },
    { line: "bd count --by-assignee --status in_progress", summary: "Who is at how much" },
  ],
  async run(context) {
    const { flags, out } = context;
    const [{ withLedger }, { filterOf }, { countBeads }, { printable }] = await Promise.all([
      import("../bd_support/ledger.ts"),
      import("../bd_support/filter.ts"),
      import("../../beads/list.ts"),
      import("../../lib/printable.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const filter = filterOf(context, view);
      const by = (["status", "priority", "type", "assignee", "label"] as const)
        .find((each) => flags[`by-${each}`] === true);
      const { total, groups } = countBeads(view, {
        ...filter,
        ...(filter.statuses === undefined ? { all: true } : {}),
        ...(by === undefined ? {} : { by }),
      });
      if (by === undefined) {
        out.answer(String(total));
        out.result({ count: total });
        return;
      }
      const width = String(total).length;
      for (const { group, count } of groups) {
        out.line(`${String(count).padStart(width)}  ${printable(group)}`);
      }
      out.line(out.style.dim(`${total}  in all`));
      out.result({ total, groups });
    });
  },
});
