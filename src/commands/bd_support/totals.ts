import type { Style } from "../../lib/style.ts";
import { statusGlyph } from "./marks.ts";

/** The totals of a ledger, a line a status that any bead has. */
export function totalLines(style: Style, totals: Readonly<Record<string, number>>): string[] {
  const of = (name: string) => totals[`${name}_issues`] ?? 0;
  const rows = [
    {
      status: "open",
      blocked: false,
      count: of("open"),
      note: `${of("ready")} ready, ${of("blocked")} blocked`,
    },
    { status: "in_progress", blocked: false, count: of("in_progress"), note: "" },
    { status: "hooked", blocked: false, count: of("hooked"), note: "" },
    { status: "deferred", blocked: false, count: of("deferred"), note: "" },
    { status: "pinned", blocked: false, count: of("pinned"), note: "" },
    {
      status: "closed",
      blocked: false,
      count: of("closed"),
      note: leadTime(totals.average_lead_time_hours ?? 0),
    },
  ];
  const width = Math.max(...rows.map(({ count }) => String(count).length), String(of("total")).length);
  const epics = totals.epics_eligible_for_closure ?? 0;
  return [
    `  ${style.bold(String(of("total")).padStart(width))} beads`,
    ...rows.filter(({ count, status }) => count > 0 || status === "open" || status === "closed").map(
      (row) => {
        const note = row.note === "" ? "" : style.dim(`  ${row.note}`);
        return `${statusGlyph(style, row)} ${String(row.count).padStart(width)} ${
          row.status.replaceAll("_", " ")
        }${note}`;
      },
    ),
    ...(epics > 0
      ? [style.dim(`${epics} ${epics === 1 ? "epic has" : "epics have"} all children closed`)]
      : []),
  ];
}

function leadTime(hours: number): string {
  if (hours <= 0) return "";
  const spent = hours < 1
    ? `${Math.max(1, Math.round(hours * 60))} minutes`
    : hours < 48
    ? `${Math.round(hours)} hours`
    : `${Math.round(hours / 24)} days`;
  return `${spent} from open to closed on average`;
}
