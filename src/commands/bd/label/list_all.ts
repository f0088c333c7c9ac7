import { defineCommand } from "../../../cli/command.ts";

/** `bd label list-all`. */
export const command = defineCommand({
  name: "bd label list-all",
  summary: "List every label and how many beads have it",
  examples: [
    { line: "bd label list-all", summary: "The most used first" },
    { line: "bd label list-all --json", summary: "As an array of {label, count}" },
  ],
  async run(context) {
    const { out } = context;
    const [{ withLedger }, { countBeads }, { printable }] = await Promise.all([
      import("../../bd_support/ledger.ts"),
      import("../../../beads/list.ts"),
      import("../../../lib/printable.ts"),
    ]);
    await withLedger(context, ({ view }) => {
      const { groups } = countBeads(view, { all: true, includeInternal: true, by: "label" });
      const labels = groups.filter(({ group }) => group !== "" && group !== "(none)")
        .map(({ group, count }) => ({ label: group, count }))
        .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
      const width = Math.max(0, ...labels.map(({ count }) => String(count).length));
      for (const { label, count } of labels) {
        out.line(`${String(count).padStart(width)}  ${out.style.blue(printable(label))}`);
      }
      if (labels.length === 0) out.line(out.style.dim("No labels"));
      out.result(labels);
    });
  },
});
