import { type BeadState, isDeleted } from "./bead_state.ts";
import type { Database } from "./database.ts";
import { notesOf, text } from "./shown_bead.ts";

/** What people wrote on a bead: its ids, its title, and all the rest. */
type Text = readonly [name: string, title: string, body: string];

/** Brings the full text of a bead up to date; `n` is the number of its row. */
export function writeWords(
  database: Database,
  { n, before, after }: { n: number; before: BeadState | undefined; after: BeadState },
): void {
  const [old, now] = [before && textOf(before), textOf(after)];
  if (old?.join("\n") === now?.join("\n")) return;
  if (old) database.run("DELETE FROM words WHERE rowid = ?", n);
  if (now) database.run("INSERT INTO words (rowid, name, title, body) VALUES (?, ?, ?, ?)", n, ...now);
}

/** The text of a bead; undefined for one that is removed, which nobody looks for. */
function textOf(state: BeadState): Text | undefined {
  const { registers, claim } = state;
  if (!claim || isDeleted(state) || registers.status === "tombstone") return undefined;
  const body = [
    text(registers.description),
    text(registers.design),
    text(registers.acceptance_criteria),
    notesOf(state),
    text(registers.close_reason),
    text(registers.assignee),
    text(registers.external_ref),
    ...Object.keys(state.labels),
    ...state.comments.map((comment) => comment.text),
  ];
  const filled = body.filter((part) => part !== undefined && part !== "");
  return [[claim.id, ...state.aliases].join(" "), text(registers.title) ?? "", filled.join("\n")];
}
